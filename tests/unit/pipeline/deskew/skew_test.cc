// SPDX-License-Identifier: EUPL-1.2
#include <gtest/gtest.h>

#include "pipeline/deskew/deskew.h"
#include "tests/unit/pipeline/deskew/drawn_page.h"

namespace postkamer::deskew {
namespace {

constexpr Degrees kLimit{12.0};

TEST(EstimateSkew, finds_known_angles_clockwise_positive) {
  for (const double angle : {-11.5, -7.3, -3.0, -0.4, -0.1, 0.0, 0.07, 0.5, 2.2, 6.6, 11.5}) {
    const auto estimate = estimate_skew(bilevel(rotated(text_page(1), angle)), kLimit);
    EXPECT_NEAR(estimate.angle.value, angle, 0.05) << angle;
    EXPECT_GT(estimate.confidence, 0.3) << angle;
  }
}

TEST(EstimateSkew, works_on_a_quarter_turned_page) {
  const GrayImage page = turned(bilevel(rotated(text_page(2), 2.3)), QuarterTurn::right);
  const auto estimate = estimate_skew(page, kLimit);
  EXPECT_NEAR(estimate.angle.value, 2.3, 0.05);
  EXPECT_GT(estimate.confidence, 0.3);
}

TEST(EstimateSkew, is_not_pulled_straight_by_a_black_border) {
  GrayImage page = bilevel(rotated(text_page(3), 3.1));
  cv::rectangle(page.pixels, {0, 0}, {60, page.height()}, 0, cv::FILLED);
  cv::rectangle(page.pixels, {0, page.height() - 50}, {page.width(), page.height()}, 0, cv::FILLED);
  const auto estimate = estimate_skew(page, kLimit);
  EXPECT_NEAR(estimate.angle.value, 3.1, 0.05);
}

TEST(EstimateSkew, finds_the_skew_of_a_table_without_text) {
  GrayImage page = white_page();
  for (int i = 0; i < 12; ++i) {
    cv::line(page.pixels, {200, 300 + 120 * i}, {1400, 300 + 120 * i}, 0, 3);
    cv::line(page.pixels, {200 + 100 * i, 300}, {200 + 100 * i, 1620}, 0, 3);
  }
  EXPECT_NEAR(estimate_skew(bilevel(rotated(page, -1.7)), kLimit).angle.value, -1.7, 0.05);
}

TEST(EstimateSkew, gives_no_confidence_on_noise) {
  for (const double share : {0.001, 0.01, 0.1, 0.4})
    EXPECT_LT(estimate_skew(noise_page(5, share), kLimit).confidence, 0.15) << share;
}

TEST(EstimateSkew, gives_no_confidence_on_a_blank_page_or_a_tiny_one) {
  EXPECT_EQ(estimate_skew(bilevel(white_page()), kLimit).confidence, 0.0);
  EXPECT_EQ(estimate_skew(bilevel(white_page(8, 8)), kLimit).confidence, 0.0);
}

TEST(EstimateSkew, does_not_believe_a_single_slanting_stroke) {
  GrayImage page = white_page();
  cv::line(page.pixels, {200, 900}, {1300, 1010}, 0, 4);
  EXPECT_LT(estimate_skew(bilevel(page), kLimit).confidence, 0.6);
}

TEST(EstimateSkew, gives_no_confidence_beyond_its_range) {
  const auto estimate = estimate_skew(bilevel(rotated(text_page(8), 15.0)), kLimit);
  EXPECT_LT(estimate.confidence, 0.15);
}

TEST(EstimateSkew, is_not_more_confident_with_more_noise) {
  const GrayImage clean = bilevel(rotated(text_page(6, 12), 1.0));
  double before = estimate_skew(clean, kLimit).confidence;
  for (const double share : {0.02, 0.08, 0.2}) {
    GrayImage noisy = clean;
    cv::bitwise_and(clean.pixels, noise_page(7, share).pixels, noisy.pixels);
    const double now = estimate_skew(noisy, kLimit).confidence;
    EXPECT_LE(now, before + 0.05) << share;
    before = now;
  }
}

}  // namespace
}  // namespace postkamer::deskew
