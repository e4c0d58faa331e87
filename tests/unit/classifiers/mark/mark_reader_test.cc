// SPDX-License-Identifier: EUPL-1.2
#include "classifiers/mark/mark_reader.h"

#include <gtest/gtest.h>
#include <opencv2/imgproc.hpp>

namespace postkamer::mark {
namespace {

using extract::MarkState;

const Rect kBox{30, 30, 47, 47};  // 4 mm at 300 dpi

GrayImage paper() {
  GrayImage added;
  added.pixels = cv::Mat(107, 107, CV_8U, cv::Scalar(255));
  return added;
}

MarkState state_of(const GrayImage& added) { return LogisticMarkReader().read(added, kBox).state; }

TEST(MarkReader, an_empty_box_is_empty) {
  const auto reading = LogisticMarkReader().read(paper(), kBox);
  EXPECT_EQ(reading.state, MarkState::empty);
  EXPECT_GT(reading.probability, 0.99);
}

TEST(MarkReader, a_cross_counts_even_when_its_arms_leave_the_box) {
  GrayImage added = paper();
  cv::line(added.pixels, {22, 24}, {86, 84}, 0, 5);
  cv::line(added.pixels, {86, 22}, {20, 86}, 0, 5);
  EXPECT_EQ(state_of(added), MarkState::marked);
}

TEST(MarkReader, a_tick_a_dot_and_a_filled_box_count) {
  GrayImage tick = paper();
  cv::polylines(tick.pixels, std::vector<cv::Point>{{38, 54}, {48, 68}, {84, 20}}, false, 0, 4);
  EXPECT_EQ(state_of(tick), MarkState::marked);
  GrayImage dot = paper();
  cv::circle(dot.pixels, {53, 53}, 9, 0, cv::FILLED);
  EXPECT_EQ(state_of(dot), MarkState::marked);
  GrayImage filled = paper();
  cv::rectangle(filled.pixels, {34, 34, 39, 39}, 0, cv::FILLED);
  EXPECT_EQ(state_of(filled), MarkState::marked);
}

TEST(MarkReader, a_box_blotted_out_does_not_count) {
  GrayImage added = paper();
  cv::rectangle(added.pixels, {18, 20, 72, 68}, 0, cv::FILLED);
  EXPECT_EQ(state_of(added), MarkState::crossed_out);
}

TEST(MarkReader, a_blot_that_lost_its_middle_in_the_scan_is_still_a_blot) {
  GrayImage added = paper();
  cv::rectangle(added.pixels, {18, 20, 72, 68}, 0, cv::FILLED);
  cv::rectangle(added.pixels, {36, 36, 36, 36}, 255, cv::FILLED);
  EXPECT_EQ(state_of(added), MarkState::crossed_out);
}

TEST(MarkReader, dust_and_the_arm_of_a_neighbours_cross_are_no_mark) {
  GrayImage added = paper();
  cv::circle(added.pixels, {53, 53}, 1, 0, cv::FILLED);
  cv::line(added.pixels, {0, 106}, {32, 72}, 0, 5);
  EXPECT_EQ(state_of(added), MarkState::empty);
}

TEST(MarkReader, a_line_through_what_is_struck_out_meets_more_strokes_than_one_through_a_cross) {
  GrayImage cross = paper();
  cv::line(cross.pixels, {34, 34}, {72, 72}, 0, 3);
  cv::line(cross.pixels, {72, 34}, {34, 72}, 0, 3);
  GrayImage struck = GrayImage{cross};
  struck.pixels = cross.pixels.clone();
  for (const int y : {38, 48, 58, 68}) cv::line(struck.pixels, {24, y}, {82, y - 6}, 0, 3);
  EXPECT_NEAR(features_of(cross, kBox).crossings, 1.9, 0.2);
  EXPECT_GT(features_of(struck, kBox).crossings, 3.0);
  EXPECT_EQ(features_of(paper(), kBox).crossings, 0.0);
}

TEST(MarkReader, measures_in_millimetres) {
  GrayImage added = paper();
  cv::rectangle(added.pixels, {44, 44, 12, 12}, 0, cv::FILLED);
  EXPECT_NEAR(features_of(added, kBox).inside_mm2, 1.03, 0.1);
  EXPECT_EQ(features_of(added, kBox).ring_share, 0.0);
}

}  // namespace
}  // namespace postkamer::mark
