// SPDX-License-Identifier: EUPL-1.2
#include "classifiers/handprint/handprint_reader.h"

#include <fstream>
#include <iterator>
#include <string>

#include <numeric>

#include <gtest/gtest.h>
#include <opencv2/imgproc.hpp>

namespace postkamer::handprint {
namespace {

using Set = extract::CharacterReader::Set;

std::string shipped(const std::string& name) {
  std::ifstream file(std::string(POSTKAMER_SOURCE_DIR) + "/classifiers/handprint/" + name,
                     std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

const HandprintReader& reader() {
  static const std::string onnx = shipped("model.onnx");
  static const auto made = HandprintReader::create(bytes_of(onnx), shipped("model.json"));
  return **made;
}

// A character drawn as one poly-line in a box of 36 x 48 px.
GrayImage drawn(const std::vector<cv::Point>& points) {
  cv::Mat ink(64, 52, CV_8U, cv::Scalar(255));
  std::vector<cv::Point> moved;
  for (const auto& p : points) moved.emplace_back(p.x + 8, p.y + 8);
  cv::polylines(ink, moved, false, 0, 4);
  GrayImage glyph;
  glyph.pixels = ink;
  glyph.is_bilevel = true;
  return glyph;
}

GrayImage ring() {
  GrayImage glyph;
  glyph.pixels = cv::Mat(64, 52, CV_8U, cv::Scalar(255));
  cv::ellipse(glyph.pixels, {26, 32}, {15, 24}, 0, 0, 360, 0, 4);
  return glyph;
}

std::string best(const GrayImage& glyph, Set set) {
  const CharacterCell cell = reader().read(glyph, set);
  return cell.candidates.empty() ? "" : cell.candidates.front().text;
}

TEST(HandprintReader, reads_plainly_drawn_digits) {
  EXPECT_EQ(best(drawn({{0, 0}, {34, 0}, {12, 48}}), Set::digits), "7");
  EXPECT_EQ(best(drawn({{4, 10}, {16, 0}, {16, 48}}), Set::digits), "1");
  EXPECT_EQ(best(drawn({{30, 48}, {30, 0}, {0, 32}, {36, 32}}), Set::digits), "4");
}

TEST(HandprintReader, reads_plainly_drawn_capitals) {
  EXPECT_EQ(best(drawn({{2, 0}, {2, 48}, {32, 48}}), Set::capitals), "L");
  EXPECT_EQ(best(drawn({{0, 48}, {0, 0}, {32, 48}, {32, 0}}), Set::capitals), "N");
  EXPECT_EQ(best(drawn({{0, 0}, {36, 0}, {18, 0}, {18, 48}}), Set::capitals), "T");
}

TEST(HandprintReader, the_set_decides_between_zero_and_the_letter) {
  EXPECT_EQ(best(ring(), Set::digits), "0");
  const std::string letter = best(ring(), Set::capitals);
  EXPECT_TRUE(letter == "O" || letter == "Q" || letter == "D") << letter;
  for (const auto& candidate : reader().read(ring(), Set::digits).candidates)
    EXPECT_TRUE(candidate.text >= "0" && candidate.text <= "9");
}

TEST(HandprintReader, probabilities_are_ranked_and_sum_to_at_most_one) {
  const CharacterCell cell = reader().read(ring(), Set::alphanumeric);
  double sum = cell.empty_probability;
  double last = 1.0;
  for (const auto& candidate : cell.candidates) {
    EXPECT_LE(candidate.probability, last);
    last = candidate.probability;
    sum += candidate.probability;
  }
  EXPECT_LE(sum, 1.0 + 1e-9);
  EXPECT_GT(sum, 0.9);
}

double claimed(const GrayImage& glyph, Set set) {
  const CharacterCell cell = reader().read(glyph, set);
  double sum = cell.empty_probability;
  for (const auto& candidate : cell.candidates) sum += candidate.probability;
  return sum;
}

TEST(HandprintReader, a_letter_where_a_digit_is_asked_has_half_of_the_claims_at_most) {
  const GrayImage n = drawn({{0, 48}, {0, 0}, {32, 48}, {32, 0}});
  EXPECT_LE(claimed(n, Set::digits), 0.5);
  EXPECT_GT(claimed(n, Set::capitals), 0.9);
  for (const GrayImage& digit :
       {drawn({{0, 0}, {34, 0}, {12, 48}}), drawn({{4, 10}, {16, 0}, {16, 48}}),
        drawn({{30, 48}, {30, 0}, {0, 32}, {36, 32}}), ring()})
    EXPECT_GT(claimed(digit, Set::digits), 0.9);
}

TEST(HandprintReader, nothing_is_empty_for_sure) {
  GrayImage paper;
  paper.pixels = cv::Mat(60, 50, CV_8U, cv::Scalar(255));
  const CharacterCell cell = reader().read(paper, Set::digits);
  EXPECT_TRUE(cell.candidates.empty());
  EXPECT_EQ(cell.empty_probability, 1.0);
}

TEST(HandprintReader, the_same_glyph_gives_the_same_answer) {
  const GrayImage glyph = drawn({{0, 0}, {34, 0}, {12, 48}});
  const CharacterCell first = reader().read(glyph, Set::alphanumeric);
  (void)reader().read(ring(), Set::digits);
  const CharacterCell again = reader().read(glyph, Set::alphanumeric);
  ASSERT_EQ(first.candidates.size(), again.candidates.size());
  for (std::size_t i = 0; i < first.candidates.size(); ++i)
    EXPECT_EQ(first.candidates[i].probability, again.candidates[i].probability);
}

TEST(HandprintReader, a_glance_is_the_first_look_and_a_sure_reading_is_the_same) {
  const GrayImage glyph = drawn({{0, 0}, {34, 0}, {12, 48}});
  const CharacterCell read = reader().read(glyph, Set::digits);
  const CharacterCell glanced = reader().glance(glyph, Set::digits);
  ASSERT_GT(read.candidates.at(0).probability, 0.9);
  EXPECT_EQ(glanced.candidates.at(0).probability, read.candidates[0].probability);
}

TEST(HandprintReader, glyphs_of_like_shape_have_nearly_the_same_form) {
  const auto likeness = [](const GrayImage& a, const GrayImage& b) {
    const auto one = reader().form(a);
    const auto other = reader().form(b);
    return std::inner_product(one.begin(), one.end(), other.begin(), 0.0);
  };
  const GrayImage seven = drawn({{0, 0}, {34, 0}, {12, 48}});
  EXPECT_NEAR(likeness(seven, seven), 1.0, 1e-5);
  EXPECT_GT(likeness(seven, drawn({{0, 0}, {36, 0}, {14, 48}})), 0.9);
  EXPECT_LT(likeness(seven, ring()), 0.6);
  GrayImage paper;
  paper.pixels = cv::Mat(60, 50, CV_8U, cv::Scalar(255));
  EXPECT_TRUE(reader().form(paper).empty());
}

TEST(HandprintReader, refuses_what_is_no_model) {
  const std::string onnx = shipped("model.onnx");
  const auto broken = HandprintReader::create(bytes_of("no network"), shipped("model.json"));
  ASSERT_FALSE(broken.has_value());
  EXPECT_EQ(broken.error().code, ErrorCode::invalid_config);
  EXPECT_EQ(broken.error().reason, "handprint_model_invalid");
  EXPECT_FALSE(HandprintReader::create(bytes_of(onnx), "{}").has_value());
  EXPECT_FALSE(HandprintReader::create(bytes_of(onnx), "not json").has_value());
}

TEST(HandprintReader, names_the_model_by_its_hash) {
  EXPECT_EQ(reader().model(), sha256_hex(bytes_of(shipped("model.onnx"))));
}

}  // namespace
}  // namespace postkamer::handprint
