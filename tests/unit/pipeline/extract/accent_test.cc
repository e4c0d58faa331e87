// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/extract/accent.h"

#include <gtest/gtest.h>
#include <opencv2/imgproc.hpp>

namespace postkamer::extract {
namespace {

// A letter of 40 by 30 px, 12 px below the top, and marks above it.
CellInk letter_with(const std::vector<cv::Rect>& marks) {
  CellInk ink;
  ink.mask = cv::Mat::zeros(52, 30, CV_8U);
  cv::rectangle(ink.mask, {0, 12, 30, 40}, 255, 4);
  for (const cv::Rect& mark : marks) cv::rectangle(ink.mask, mark, 255, cv::FILLED);
  ink.box = {0, 0, 30, 52};
  ink.area = cv::countNonZero(ink.mask);
  return ink;
}

TEST(Accent, two_dots_or_a_stroke_above_a_letter_are_one) {
  EXPECT_TRUE(has_accent(letter_with({{7, 1, 5, 5}, {18, 1, 5, 5}}), 'E'));
  EXPECT_TRUE(has_accent(letter_with({{12, 0, 5, 9}}), 'E'));
  EXPECT_TRUE(has_accent(letter_with({{8, 2, 3, 3}, {18, 2, 3, 3}}), 'E')) << "small, but two";
}

TEST(Accent, a_bare_letter_dust_and_a_bar_that_broke_off_are_none) {
  EXPECT_FALSE(has_accent(letter_with({}), 'E'));
  EXPECT_FALSE(has_accent(letter_with({{14, 4, 3, 3}}), 'E'));
  EXPECT_FALSE(has_accent(letter_with({{2, 2, 26, 5}}), 'T'));
  EXPECT_FALSE(has_accent(CellInk{}, 'E'));
}

TEST(Accent, the_dot_of_an_i_or_a_j_is_none) {
  for (const char letter : {'I', 'J'})
    EXPECT_FALSE(has_accent(letter_with({{12, 1, 5, 5}}), letter));
}

}  // namespace
}  // namespace postkamer::extract
