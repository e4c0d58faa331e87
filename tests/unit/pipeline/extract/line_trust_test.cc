// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/extract/line_trust.h"

#include <gtest/gtest.h>
#include <opencv2/imgproc.hpp>

namespace postkamer::extract {
namespace {

// Six letters of 20 px, each as much lower than the one before.
cv::Mat line_of_letters(int lower) {
  cv::Mat line = cv::Mat::zeros(80, 200, CV_8U);
  for (int i = 0; i < 6; ++i)
    cv::rectangle(line, {10 + 25 * i, 10 + lower * i, 12, 20}, cv::Scalar(255), cv::FILLED);
  return line;
}

TEST(LineTrust, a_page_is_typed_when_several_combs_look_typed) {
  EXPECT_TRUE(is_typed_page({true, true, false}));
  EXPECT_FALSE(is_typed_page({true})) << "one comb may look typed by chance";
  EXPECT_FALSE(is_typed_page({true, false, false, false}));
  EXPECT_FALSE(is_typed_page({}));
}

TEST(LineTrust, print_stands_on_one_base_line) {
  EXPECT_TRUE(stands_straight(line_of_letters(0)));
  EXPECT_FALSE(stands_straight(line_of_letters(3)));
  EXPECT_FALSE(stands_straight(cv::Mat::zeros(80, 200, CV_8U)));
}

TEST(LineTrust, a_line_is_print_only_where_page_and_base_line_say_so) {
  const cv::Mat straight = line_of_letters(0);
  EXPECT_EQ(line_curve(straight, "Jansen", {true, false}), "line.typed");
  EXPECT_EQ(line_curve(straight, "Jansen", {true, true}), "prose.typed");
  EXPECT_EQ(line_curve(straight, "Jansen", {false, false}), "line.pen");
  EXPECT_EQ(line_curve(line_of_letters(3), "Jansen", {true, false}), "line.pen");
  EXPECT_EQ(line_curve(straight, "7", {true, false}), "line.short");
}

}  // namespace
}  // namespace postkamer::extract
