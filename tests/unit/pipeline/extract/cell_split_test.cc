// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/extract/cell_split.h"

#include <gtest/gtest.h>
#include <opencv2/imgproc.hpp>

namespace postkamer::extract {
namespace {

const std::vector<Rect> kCells{{20, 20, 56, 70}, {76, 20, 56, 70}, {132, 20, 56, 70}};

cv::Mat sheet() { return cv::Mat::zeros(110, 210, CV_8U); }

TEST(CellSplit, gives_each_stroke_to_its_cell) {
  cv::Mat added = sheet();
  cv::line(added, {40, 30}, {40, 80}, 255, 4);
  cv::line(added, {160, 30}, {165, 80}, 255, 4);
  const auto inks = share_out(added, kCells);
  ASSERT_EQ(inks.size(), 3u);
  EXPECT_GT(inks[0].area, 150);
  EXPECT_EQ(inks[1].area, 0);
  EXPECT_GT(inks[2].area, 150);
}

TEST(CellSplit, leaves_a_stroke_whole_that_reaches_into_its_neighbour) {
  cv::Mat added = sheet();
  cv::ellipse(added, {60, 55}, {22, 28}, 0, 0, 360, 255, 4);
  const auto inks = share_out(added, kCells);
  EXPECT_EQ(inks[0].area, cv::countNonZero(added));
  EXPECT_EQ(inks[1].area, 0);
}

TEST(CellSplit, parts_two_characters_that_touch) {
  cv::Mat added = sheet();
  cv::ellipse(added, {49, 55}, {22, 28}, 0, 0, 360, 255, 4);
  cv::ellipse(added, {103, 55}, {22, 28}, 0, 0, 360, 255, 4);
  cv::line(added, {68, 55}, {84, 55}, 255, 4);
  const auto inks = share_out(added, kCells);
  EXPECT_NEAR(inks[0].area, inks[1].area, 0.15 * inks[0].area);
  EXPECT_LT(inks[0].box.br().x, 84);
  EXPECT_GT(inks[1].box.x, 68);
}

TEST(CellSplit, parts_a_long_chain_of_touching_characters) {
  std::vector<Rect> cells;
  cv::Mat added = cv::Mat::zeros(110, 620, CV_8U);
  for (int i = 0; i < 10; ++i) {
    cells.push_back({20.0 + 56 * i, 20, 56, 70});
    cv::ellipse(added, {48 + 56 * i, 55}, {20, 28}, 0, 0, 360, 255, 4);
  }
  cv::line(added, {68, 70}, {532, 70}, 255, 2);
  const auto inks = share_out(added, cells);
  for (const auto& ink : inks) {
    EXPECT_GT(ink.area, 300);
    EXPECT_LT(ink.box.width, 66);
  }
}

TEST(CellSplit, ignores_dust_and_what_lies_outside) {
  cv::Mat added = sheet();
  added.at<std::uint8_t>(50, 50) = 255;
  cv::rectangle(added, {30, 0, 100, 8}, 255, cv::FILLED);
  for (const auto& ink : share_out(added, kCells)) EXPECT_EQ(ink.area, 0);
}

}  // namespace
}  // namespace postkamer::extract
