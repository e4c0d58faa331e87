// SPDX-License-Identifier: EUPL-1.2
#include <algorithm>

#include <gtest/gtest.h>

#include "pipeline/deskew/deskew.h"
#include "tests/unit/pipeline/deskew/drawn_page.h"

namespace postkamer::deskew {
namespace {

bool has(const QualityReport& report, const char* code) {
  return std::any_of(report.findings.begin(), report.findings.end(),
                     [&](const Finding& f) { return f.code == code; });
}

GrayImage scanned(double blur, double ink = 40, double paper = 235) {
  GrayImage page = text_page(31);
  if (blur > 0) cv::GaussianBlur(page.pixels, page.pixels, {0, 0}, blur);
  page.pixels.convertTo(page.pixels, CV_8U, (paper - ink) / 255.0, ink);
  return page;
}

TEST(Quality, finds_nothing_wrong_with_a_good_scan) {
  const auto report = measure_quality(scanned(0.7));
  EXPECT_TRUE(report.findings.empty());
  EXPECT_GT(report.quality.focus, 0.8);
  EXPECT_NEAR(report.quality.contrast, 195.0 / 255.0, 0.05);
  EXPECT_EQ(report.quality.missing_corners, 0);
}

TEST(Quality, focus_falls_with_blur_and_is_reported) {
  double before = 1.1;
  for (const double blur : {0.8, 1.5, 2.5, 4.0}) {
    const double focus = measure_quality(scanned(blur)).quality.focus;
    EXPECT_LT(focus, before) << blur;
    before = focus;
  }
  EXPECT_TRUE(has(measure_quality(scanned(4.0)), "focus_poor"));
  EXPECT_FALSE(has(measure_quality(scanned(1.2)), "focus_poor"));
}

TEST(Quality, reports_pale_ink) {
  EXPECT_TRUE(has(measure_quality(scanned(0.7, 185, 235)), "contrast_poor"));
}

TEST(Quality, reports_low_resolution) {
  GrayImage page = bilevel(text_page(32));
  page.dpi = Dpi{150};
  EXPECT_TRUE(has(measure_quality(page), "resolution_low"));
  page.dpi = Dpi{200};
  EXPECT_FALSE(has(measure_quality(page), "resolution_low"));
}

TEST(Quality, counts_corners_that_a_dark_lid_shows_to_be_gone) {
  GrayImage page = rotated(text_page(33), 1.0, 20);
  cv::copyMakeBorder(page.pixels, page.pixels, 30, 30, 30, 30, cv::BORDER_CONSTANT, 20);
  EXPECT_EQ(measure_quality(page).quality.missing_corners, 0);
  const int w = page.width();
  const std::vector<cv::Point> torn{{w, 0}, {w, 180}, {w - 190, 0}};
  cv::fillPoly(page.pixels, std::vector<std::vector<cv::Point>>{torn}, 20);
  const auto report = measure_quality(page);
  EXPECT_EQ(report.quality.missing_corners, 1);
  EXPECT_TRUE(has(report, "corner_missing"));
}

}  // namespace
}  // namespace postkamer::deskew
