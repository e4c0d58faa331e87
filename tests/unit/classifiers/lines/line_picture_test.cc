// SPDX-License-Identifier: EUPL-1.2
#include "classifiers/lines/line_picture.h"

#include <fstream>
#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <opencv2/imgproc.hpp>

namespace postkamer::lines {
namespace {

GrayImage line_of(const cv::Mat& pixels) { return {pixels, Dpi{300.0}, false}; }

// The same drawing as write_golden() of train.py.
cv::Mat drawing() {
  cv::Mat line(90, 260, CV_8U, cv::Scalar(255));
  line(cv::Rect(30, 20, 6, 40)).setTo(0);
  line(cv::Rect(30, 54, 50, 6)).setTo(40);
  for (int i = 0; i < 40; ++i) line(cv::Rect(100 + i, 20 + i, 6, 1)).setTo(0);
  line(cv::Rect(180, 30, 6, 45)).setTo(90);
  line.at<std::uint8_t>(4, 200) = 0;
  return line;
}

TEST(LinePicture, gives_what_the_training_program_gives) {
  std::ifstream file(std::string(POSTKAMER_SOURCE_DIR) +
                     "/tests/unit/classifiers/lines/line_picture_golden.json");
  const auto golden = nlohmann::json::parse(file, nullptr, false);
  ASSERT_TRUE(golden.is_object());
  const cv::Mat picture = line_picture(line_of(drawing()));
  ASSERT_EQ(picture.rows, kSide);
  ASSERT_EQ(picture.cols, golden["width"].get<int>());
  for (int y = 0; y < kSide; ++y) {
    const std::string row = golden["rows"][static_cast<std::size_t>(y)];
    for (int x = 0; x < picture.cols; ++x) {
      const int wanted = std::stoi(row.substr(static_cast<std::size_t>(2 * x), 2), nullptr, 16);
      EXPECT_NEAR(picture.at<std::uint8_t>(y, x), wanted, 1) << "row " << y << ", column " << x;
    }
  }
}

TEST(LinePicture, does_not_depend_on_where_the_line_lies) {
  cv::Mat padded;
  cv::copyMakeBorder(drawing(), padded, 31, 7, 5, 42, cv::BORDER_CONSTANT, cv::Scalar(255));
  const cv::Mat a = line_picture(line_of(drawing()));
  const cv::Mat b = line_picture(line_of(padded));
  ASSERT_EQ(a.size(), b.size());
  EXPECT_EQ(cv::norm(a, b, cv::NORM_INF), 0.0);
}

TEST(LinePicture, brings_large_and_small_writing_to_one_height) {
  cv::Mat large;
  cv::resize(drawing(), large, {}, 2.0, 2.0, cv::INTER_NEAREST);
  const cv::Mat a = line_picture(line_of(drawing()));
  const cv::Mat b = line_picture(line_of(large));
  EXPECT_NEAR(a.cols, b.cols, 2);
  EXPECT_NEAR(cv::sum(a)[0], cv::sum(b)[0], 0.05 * cv::sum(a)[0]);
}

TEST(LinePicture, has_even_columns_and_leaves_a_speck_small) {
  cv::Mat speck(60, 61, CV_8U, cv::Scalar(255));
  speck(cv::Rect(30, 30, 5, 5)).setTo(0);
  const cv::Mat picture = line_picture(line_of(speck));
  ASSERT_FALSE(picture.empty());
  EXPECT_EQ(picture.cols % 2, 0);
  EXPECT_LE(cv::boundingRect(picture >= 128).height, 7);
}

TEST(LinePicture, is_empty_for_paper) {
  EXPECT_TRUE(line_picture(line_of(cv::Mat(50, 90, CV_8U, cv::Scalar(250)))).empty());
  EXPECT_TRUE(line_picture({}).empty());
}

}  // namespace
}  // namespace postkamer::lines
