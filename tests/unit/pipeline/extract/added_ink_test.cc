// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/extract/added_ink.h"

#include <gtest/gtest.h>
#include <opencv2/imgproc.hpp>

#include "pipeline/extract/zones.h"

namespace postkamer::extract {
namespace {

// A frame of two cells as printed, px at 300 dpi.
cv::Mat frame() {
  cv::Mat blank = cv::Mat::zeros(120, 200, CV_8U);
  cv::rectangle(blank, {30, 25, 60, 70}, 255, 3);
  cv::rectangle(blank, {90, 25, 60, 70}, 255, 3);
  return blank;
}

cv::Mat shifted(const cv::Mat& mask, int dx, int dy) {
  cv::Mat out;
  const cv::Mat map = (cv::Mat_<double>(2, 3) << 1, 0, dx, 0, 1, dy);
  cv::warpAffine(mask, out, map, mask.size(), cv::INTER_NEAREST);
  return out;
}

TEST(AddedInk, finds_how_far_the_print_has_moved) {
  const cv::Mat blank = frame();
  EXPECT_EQ(best_offset(shifted(blank, 3, -2), blank, 4), (Offset{3, -2}));
  EXPECT_EQ(best_offset(blank, blank, 4), (Offset{0, 0}));
}

TEST(AddedInk, leaves_nothing_of_an_empty_form_that_was_printed_fat) {
  const cv::Mat blank = frame();
  cv::Mat page;
  cv::dilate(blank, page, cv::Mat::ones(3, 3, CV_8U));
  EXPECT_EQ(cv::countNonZero(subtract_print(page, blank)), 0);
}

TEST(AddedInk, keeps_a_stroke_whole_where_it_crosses_a_line) {
  const cv::Mat blank = frame();
  cv::Mat stroke = cv::Mat::zeros(blank.size(), CV_8U);
  cv::line(stroke, {70, 50}, {115, 75}, 255, 5);
  const cv::Mat added = subtract_print(blank | stroke, blank);
  cv::Mat labels;
  EXPECT_EQ(cv::connectedComponents(added, labels, 8), 2) << "background and one stroke";
  EXPECT_GT(cv::countNonZero(added), 0.95 * cv::countNonZero(stroke));
}

TEST(AddedInk, keeps_a_stroke_that_only_touches_a_line) {
  const cv::Mat blank = frame();
  cv::Mat stroke = cv::Mat::zeros(blank.size(), CV_8U);
  cv::line(stroke, {60, 40}, {60, 94}, 255, 4);
  const cv::Mat added = subtract_print(blank | stroke, blank);
  EXPECT_NEAR(cv::countNonZero(added), cv::countNonZero(stroke), 40);
}

TEST(AddedInk, takes_a_scanner_streak_away_and_not_an_upright_one) {
  const cv::Mat blank = frame();
  cv::Mat page = blank.clone();
  cv::line(page, {120, 0}, {120, 119}, 255, 2);  // streak, through everything
  cv::line(page, {60, 40}, {60, 85}, 255, 4);    // a written 1
  const cv::Mat streaks = feed_streaks(page, blank, 0.0);
  EXPECT_GT(cv::countNonZero(streaks(cv::Rect(118, 0, 5, 120))), 100);
  EXPECT_EQ(cv::countNonZero(streaks(cv::Rect(50, 0, 20, 120))), 0);
}

TEST(AddedInk, reads_through_a_turned_and_scaled_registration) {
  BlankPage blank;
  blank.image.pixels = cv::Mat(1200, 1200, CV_8U, cv::Scalar(255));
  blank.image.dpi = Dpi{300.0};
  cv::rectangle(blank.image.pixels, {300, 300, 400, 100}, 0, 3);
  GrayImage page;
  cv::rotate(blank.image.pixels, page.pixels, cv::ROTATE_180);
  // A tick that was written inside the frame: on the scan, which is upside down, at (640, 840).
  cv::line(page.pixels, {620, 830}, {660, 850}, 60, 5);
  Registration registration;
  const double scale = pixels_per_mm(Dpi{300.0});
  registration.mm_to_original =
      then(then(Transform::scale(scale, scale), Transform::rotation(Degrees{180}.radians())),
           Transform::translation(1199, 1199));
  const Rect zone{300 / scale, 300 / scale, 400 / scale, 100 / scale};
  const GrayImage added = added_ink(page, registration, blank, grown(zone, 1.0), Dpi{300.0});
  const cv::Rect where = cv::boundingRect(~added.pixels);
  const double margin = scale;
  EXPECT_NEAR(where.x + where.width / 2.0, 559 - 300 + margin, 4);
  EXPECT_NEAR(where.y + where.height / 2.0, 359 - 300 + margin, 4);
  EXPECT_LT(where.width, 60) << "the frame itself is gone";
}

TEST(AddedInk, sees_pale_ink_on_tinted_and_unevenly_lit_paper) {
  cv::Mat page(200, 300, CV_8U);
  for (int x = 0; x < page.cols; ++x) page.col(x).setTo(cv::Scalar(150 + x / 4));
  cv::line(page, {100, 60}, {100, 140}, cv::Scalar(110), 4);
  const cv::Mat ink = ink_mask(page, false, Dpi{300.0});
  const cv::Rect where = cv::boundingRect(ink);
  EXPECT_NEAR(where.x, 98, 2);
  EXPECT_LE(where.width, 8);
  EXPECT_NEAR(where.height, 83, 4);
}

}  // namespace
}  // namespace postkamer::extract
