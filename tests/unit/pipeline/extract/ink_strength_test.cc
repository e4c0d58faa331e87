// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/extract/ink_strength.h"

#include <gtest/gtest.h>
#include <opencv2/imgproc.hpp>

#include "pipeline/extract/registration_levels.h"

namespace postkamer::extract {
namespace {

// A scan at 150 dpi of a form of 100 by 100 mm with a solid bar, which is this gray on it.
struct Sheet {
  PreparedBlank blank;
  GrayImage scan{cv::Mat(590, 590, CV_8U, cv::Scalar(240)), Dpi{150.0}, false};
  Registration registration;

  explicit Sheet(int gray) {
    const double scale = pixels_per_mm(scan.dpi);
    registration.mm_to_original = Transform::scale(scale, scale);
    blank.print =
        cv::Mat::zeros(static_cast<int>(100 * kPrintPpm), static_cast<int>(100 * kPrintPpm), CV_8U);
    draw(blank.print, kPrintPpm, 255);
    draw(scan.pixels, scale, gray);
  }
  static void draw(cv::Mat& picture, double scale, int value) {
    const auto px = [scale](double mm) { return static_cast<int>(mm * scale); };
    cv::rectangle(picture, {px(10), px(20)}, {px(90), px(26)}, cv::Scalar(value), cv::FILLED);
  }
};

TEST(InkStrength, print_is_as_dark_as_its_solid_parts_are_below_the_paper) {
  for (const int gray : {30, 180}) {
    const Sheet sheet(gray);
    EXPECT_NEAR(print_darkness(sheet.scan, sheet.registration, sheet.blank), 240 - gray, 2);
  }
}

TEST(InkStrength, of_a_bilevel_scan_or_without_solid_print_nothing_is_known) {
  Sheet sheet(30);
  sheet.scan.is_bilevel = true;
  EXPECT_EQ(print_darkness(sheet.scan, sheet.registration, sheet.blank), 0.0);
  Sheet bare(30);
  bare.blank.print.setTo(0);
  EXPECT_EQ(print_darkness(bare.scan, bare.registration, bare.blank), 0.0);
}

TEST(InkStrength, only_what_is_dark_enough_is_kept_of_a_mask) {
  cv::Mat page(40, 40, CV_8U, cv::Scalar(240));
  page.rowRange(10, 12).setTo(60);
  page.rowRange(20, 22).setTo(200);
  const cv::Mat mask = page < 220;
  EXPECT_EQ(cv::countNonZero(darker_than(page, mask, 100.0)), 80);
  EXPECT_EQ(cv::countNonZero(darker_than(page, mask, 20.0)), 160);
}

}  // namespace
}  // namespace postkamer::extract
