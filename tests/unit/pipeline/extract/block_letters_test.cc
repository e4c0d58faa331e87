// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/extract/block_letters.h"

#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <opencv2/imgproc.hpp>

namespace postkamer::extract {
namespace {

// Tells strokes by their shape: upright bars are I, rings are O and what has a bar on top is T (or
// what is told); anything wider is no character.
class Shapes : public CharacterReader {
 public:
  explicit Shapes(const std::string& ring = "O") : Shapes({{ring, 0.97}}, "T") {}
  Shapes(std::vector<Alternative> ring, std::string tee)
      : ring_(std::move(ring)), tee_(std::move(tee)) {}
  CharacterCell read(const GrayImage& glyph, Set) const override {
    const double width = glyph.width();
    const double height = glyph.height();
    if (width > 1.0 * height) return {{{"W", 0.1}}, 0.9};
    if (width < 0.35 * height) return {{{"I", 0.6}}, 0.01};
    const auto is_ink = [&](int x) {
      return glyph.pixels.at<std::uint8_t>(glyph.height() / 2, x) == 0;
    };
    const bool has_hole = is_ink(2) && !is_ink(glyph.width() / 2) && is_ink(glyph.width() - 3);
    if (!has_hole && !is_ink(glyph.width() / 2)) return {{{"W", 0.1}}, 0.9};
    if (has_hole) return {ring_, 0.01};
    return {{{tee_, 0.97}}, 0.01};
  }
  std::string model() const override { return "test"; }

 private:
  std::vector<Alternative> ring_;
  std::string tee_;
};

struct Line {
  cv::Mat ink = cv::Mat::zeros(100, 900, CV_8U);
  int x = 10;
  Line& bar() {
    cv::line(ink, {x + 3, 30}, {x + 3, 70}, 255, 5);
    x += 20;
    return *this;
  }
  Line& ring() {
    cv::ellipse(ink, {x + 15, 50}, {13, 20}, 0, 0, 360, 255, 4);
    x += 42;
    return *this;
  }
  Line& tee() {
    cv::line(ink, {x, 32}, {x + 26, 32}, 255, 5);
    cv::line(ink, {x + 13, 32}, {x + 13, 70}, 255, 5);
    x += 38;
    return *this;
  }
  Line& dot() {
    cv::circle(ink, {x + 2, 69}, 3, 255, -1);
    x += 14;
    return *this;
  }
  Line& space() {
    x += 40;
    return *this;
  }
};

TEST(BlockLetters, reads_letters_words_and_dots) {
  const Line line = Line().tee().dot().space().ring().tee().bar();
  EXPECT_EQ(read_block_letters(line.ink, Shapes()).text, "T. OTI");
}

TEST(BlockLetters, a_ring_among_letters_is_a_letter) {
  const Line line = Line().tee().ring().tee();
  EXPECT_EQ(read_block_letters(line.ink, Shapes("0")).text, "TOT");
}

TEST(BlockLetters, a_clear_letter_among_digits_stays_one) {
  const Line line = Line().tee().tee().ring();
  const auto read = [&](double letter, double digit) {
    return read_block_letters(line.ink, Shapes({{"B", letter}, {"8", digit}}, "7")).text;
  };
  EXPECT_EQ(read(0.98, 0.01), "77B");
  EXPECT_EQ(read(0.6, 0.38), "778") << "what is neither is what its word is";
}

TEST(BlockLetters, an_empty_line_has_no_text) {
  const BlockLine line = read_block_letters(cv::Mat::zeros(100, 400, CV_8U), Shapes());
  EXPECT_EQ(line.text, "");
  EXPECT_EQ(line.probability, 0.0);
}

TEST(BlockLetters, small_letters_are_left_to_others) {
  Line line;
  line.tee();
  for (int i = 0; i < 6; ++i) {
    cv::ellipse(line.ink, {line.x + 9, 60}, {8, 10}, 0, 0, 360, 255, 4);
    line.x += 26;
  }
  line.tee().tee().tee();
  EXPECT_EQ(read_block_letters(line.ink, Shapes()).text, "");
}

TEST(BlockLetters, every_unsure_character_costs_probability) {
  const double one =
      read_block_letters(Line().tee().ring().space().bar().ink, Shapes()).probability;
  const double two = read_block_letters(Line().tee().bar().space().bar().ink, Shapes()).probability;
  EXPECT_LT(two, one);
}

}  // namespace
}  // namespace postkamer::extract
