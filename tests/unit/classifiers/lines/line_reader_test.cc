// SPDX-License-Identifier: EUPL-1.2
#include "classifiers/lines/line_reader.h"

#include <fstream>
#include <iterator>

#include <gtest/gtest.h>
#include <opencv2/core/utility.hpp>
#include <opencv2/imgproc.hpp>

namespace postkamer::lines {
namespace {

std::string shipped(const std::string& name) {
  std::ifstream file(std::string(POSTKAMER_SOURCE_DIR) + "/classifiers/lines/" + name,
                     std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

const NetworkLineReader& reader() {
  static const auto loaded = [] {
    cv::setNumThreads(1);
    const std::string onnx = shipped("model.onnx");
    const std::string letters = shipped("letters.bin");
    auto made = NetworkLineReader::create(bytes_of(onnx), shipped("model.json"), bytes_of(letters));
    EXPECT_TRUE(made.has_value());
    return std::move(*made);
  }();
  return *loaded;
}

// A hand that no font has: the letters of OpenCV's plotter, drawn with a pen of `width` px.
GrayImage written(const std::string& text, double size, int width) {
  GrayImage line;
  line.dpi = Dpi{300.0};
  line.pixels = cv::Mat(200, 1500, CV_8U, cv::Scalar(255));
  cv::putText(line.pixels, text, {40, 120}, cv::FONT_HERSHEY_SIMPLEX, size, cv::Scalar(0), width,
              cv::LINE_AA);
  cv::GaussianBlur(line.pixels, line.pixels, {0, 0}, 0.8);
  return line;
}

TEST(LineReader, reads_a_name_a_street_and_a_place) {
  for (const char* text : {"J. de Vries", "Kerkstraat 12", "AMERSFOORT", "Wilhelminalaan"}) {
    const auto texts = reader().read(written(text, 1.6, 4));
    ASSERT_FALSE(texts.empty());
    EXPECT_EQ(texts.front().text, text);
    EXPECT_GT(texts.front().probability, 0.5);
  }
}

TEST(LineReader, reads_thick_and_small_writing_too) {
  EXPECT_EQ(reader().read(written("Dorpsweg 8", 1.0, 3)).front().text, "Dorpsweg 8");
  EXPECT_EQ(reader().read(written("Dorpsweg 8", 2.4, 9)).front().text, "Dorpsweg 8");
}

TEST(LineReader, is_deterministic_and_its_shares_sum_to_one_at_most) {
  const GrayImage line = written("Molenpad 3", 1.5, 4);
  const auto once = reader().read(line);
  const auto twice = reader().read(line);
  ASSERT_EQ(once.size(), twice.size());
  double sum = 0.0;
  for (std::size_t i = 0; i < once.size(); ++i) {
    EXPECT_EQ(once[i].text, twice[i].text);
    EXPECT_EQ(once[i].probability, twice[i].probability);
    sum += once[i].probability;
  }
  EXPECT_LE(sum, 1.0 + 1e-9);
}

// Letters set apart, and where each stands.
struct Apart {
  GrayImage line;
  std::vector<extract::ColumnRange> columns;
};
Apart apart(const std::string& text) {
  Apart out{written("", 1.0, 4), {}};
  int x = 40;
  for (const char c : text) {
    if (c != ' ') {
      cv::putText(out.line.pixels, std::string(1, c), {x, 120}, cv::FONT_HERSHEY_SIMPLEX, 1.6,
                  cv::Scalar(0), 4, cv::LINE_AA);
      out.columns.push_back({x, x + 40});
    } else {
      out.columns.push_back({});
    }
    x += 48;
  }
  return out;
}

TEST(LineReader, tells_what_each_character_is_that_stands_apart) {
  const Apart row = apart("KEES 47");
  const auto cells = reader().read_apart(row.line, row.columns);
  ASSERT_EQ(cells.size(), 7u);
  std::string text;
  for (const CharacterCell& cell : cells)
    text += cell.candidates.empty() ? " " : cell.candidates.front().text;
  EXPECT_EQ(text, "KEES 47");
  EXPECT_EQ(cells[4].empty_probability, 1.0);
  EXPECT_LT(cells[0].empty_probability, 0.1);
}

TEST(LineReader, has_no_cells_for_paper) {
  EXPECT_TRUE(reader().read_apart(written("", 1.0, 3), {{0, 40}}).empty());
}

TEST(LineReader, says_nothing_of_paper) { EXPECT_TRUE(reader().read(written("", 1.0, 3)).empty()); }

TEST(LineReader, refuses_another_model_with_a_sentence) {
  const std::string onnx = shipped("model.onnx");
  const std::string letters = shipped("letters.bin");
  const auto reason = [](const auto& made) { return made ? "" : made.error().reason; };
  EXPECT_EQ(reason(NetworkLineReader::create(bytes_of("no network"), shipped("model.json"),
                                             bytes_of(letters))),
            "lines_model_invalid");
  EXPECT_EQ(reason(NetworkLineReader::create(bytes_of(onnx), "{}", bytes_of(letters))),
            "lines_model_invalid");
  EXPECT_EQ(
      reason(NetworkLineReader::create(bytes_of(onnx), R"({"classes":"ab"})", bytes_of(letters))),
      "lines_model_invalid");
  EXPECT_EQ(
      reason(NetworkLineReader::create(bytes_of(onnx), shipped("model.json"), bytes_of("short"))),
      "letters_invalid");
}

TEST(LineReader, names_its_model_by_its_hash) {
  EXPECT_EQ(reader().model(), sha256_hex(bytes_of(shipped("model.onnx"))));
}

}  // namespace
}  // namespace postkamer::lines
