// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/extract/registration.h"

#include <gtest/gtest.h>

#include "pipeline/deskew/deskew.h"
#include "pipeline/extract/registration_blank.h"
#include "tests/unit/pipeline/extract/drawn_form.h"

namespace postkamer::extract {
namespace {

FormCandidate candidate_at(QuarterTurn turn = QuarterTurn::none) {
  FormCandidate candidate;
  candidate.form = "test";
  candidate.page = 1;
  candidate.turn = turn;
  return candidate;
}

UprightPage straightened(const GrayImage& picture) {
  auto page = deskew::deskew(picture, {});
  EXPECT_TRUE(page.has_value());
  return *page;
}

// The largest distance between the map found and the true one over the form, in mm.
double worst_error(const Transform& found, const Transform& truth) {
  double worst = 0.0;
  for (double y = 20; y <= 277; y += 25)
    for (double x = 15; x <= 195; x += 20) {
      const Point a = found.apply({x, y});
      const Point b = truth.apply({x, y});
      worst = std::max(worst, std::hypot(a.x - b.x, a.y - b.y) / FormDrawing::ppm());
    }
  return worst;
}

// One check for all: scans the picture, registers the blank, compares with the truth.
void check(const BlankPage& blank, const cv::Mat& paper, const Scanned& how, double allowed_mm) {
  const GrayImage picture = scan(paper, how);
  const auto result = register_page(straightened(picture), blank, candidate_at(), {});
  ASSERT_TRUE(result.has_value()) << result.error().message;
  const GrayImage flat = scan(paper, {});
  const Transform truth =
      then(scan_map(how), deskew::turn_transform(flat.width(), flat.height(), how.turn));
  EXPECT_LT(worst_error(result->mm_to_original, truth), allowed_mm);
  EXPECT_GT(result->match, 0.7);
  EXPECT_LT(result->residual_mm, 0.1);
  EXPECT_GE(result->points, 20);
}

TEST(Registration, finds_a_straight_page) {
  const BlankPage blank = drawn_form(1);
  check(blank, blank.image.pixels, {}, 0.1);
}

TEST(Registration, finds_a_filled_skewed_shifted_page) {
  const BlankPage blank = drawn_form(2);
  check(blank, filled_in(blank, 3), {2.1, 0.993, 1.0, {4.0, -5.0}, {}, QuarterTurn::none}, 0.2);
}

TEST(Registration, finds_a_page_at_every_quarter_turn) {
  const BlankPage blank = drawn_form(3);
  for (const auto turn : {QuarterTurn::right, QuarterTurn::half, QuarterTurn::left})
    check(blank, filled_in(blank, 4), {-1.3, 1.004, 1.0, {-3.0, 2.0}, {}, turn}, 0.2);
}

TEST(Registration, follows_roller_stretch_and_perspective) {
  const BlankPage blank = drawn_form(4);
  check(blank, filled_in(blank, 5), {0.6, 1.0, 1.01, {2.0, 2.0}, {}, QuarterTurn::none}, 0.2);
  check(blank, filled_in(blank, 6), {0.6, 1.0, 1.0, {1.0, 1.0}, {8e-5, -5e-5}, QuarterTurn::none},
        0.25);
}

TEST(Registration, finds_a_page_printed_four_percent_too_small_or_too_large) {
  const BlankPage blank = drawn_form(5);
  for (const double scale : {0.96, 1.04})
    check(blank, filled_in(blank, 7), {0.5, scale, 1.0, {0.0, 0.0}, {}, QuarterTurn::none}, 0.2);
}

TEST(Registration, is_not_confused_by_a_stamp_a_missing_corner_and_a_black_edge) {
  const BlankPage blank = drawn_form(6);
  cv::Mat paper = filled_in(blank, 8);
  cv::rectangle(paper, {900, 100}, {1400, 300}, 0, 9);
  cv::line(paper, {910, 200}, {1390, 180}, 0, 30);
  cv::fillPoly(paper, std::vector<std::vector<cv::Point>>{{{0, 0}, {420, 0}, {0, 380}}}, 0);
  cv::rectangle(paper, {0, 0}, {25, paper.rows}, 0, cv::FILLED);
  check(blank, paper, {-1.0, 1.0, 1.0, {1.0, 3.0}, {}, QuarterTurn::none}, 0.25);
}

TEST(Registration, refuses_another_form_a_blank_page_and_a_black_one) {
  const BlankPage blank = drawn_form(7);
  for (const unsigned other : {20U, 21U, 22U}) {
    const BlankPage foreign = drawn_form(other);
    const auto result =
        register_page(straightened(scan(filled_in(foreign, other), {})), blank, candidate_at(), {});
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().code, ErrorCode::unsupported);
    EXPECT_EQ(result.error().reason, "registration_failed");
  }
  for (const int level : {0, 255}) {
    UprightPage flat;
    flat.upright = {cv::Mat(2339, 1654, CV_8UC1, cv::Scalar(level)), Dpi{200}, true};
    EXPECT_FALSE(register_page(flat, blank, candidate_at(), {}).has_value());
  }
}

TEST(Registration, uses_a_guess_and_recovers_from_a_wrong_one) {
  const BlankPage blank = drawn_form(8);
  const PreparedBlank prepared = prepare_blank(blank);
  const Scanned how{0.0, 1.0, 1.0, {3.0, -2.0}, {}, QuarterTurn::none};
  const UprightPage page = straightened(scan(filled_in(blank, 9), how));
  for (const double off_mm : {0.0, 0.8, 4.0, 60.0}) {
    FormCandidate candidate = candidate_at(QuarterTurn::half);
    candidate.mm_to_upright = then(then(Transform::translation(off_mm, -off_mm), scan_map(how)),
                                   page.original_to_upright);
    const auto result = register_page(page, prepared, candidate, {});
    ASSERT_TRUE(result.has_value()) << off_mm;
    EXPECT_LT(worst_error(result->mm_to_original, scan_map(how)), 0.2) << off_mm;
  }
}

TEST(Registration, gives_the_same_map_twice) {
  const BlankPage blank = drawn_form(9);
  const UprightPage page = straightened(scan(filled_in(blank, 10), {1.0, 1, 1, {}, {}, {}}));
  const auto first = register_page(page, blank, candidate_at(), {});
  const auto second = register_page(page, blank, candidate_at(), {});
  ASSERT_TRUE(first && second);
  EXPECT_EQ(first->mm_to_original, second->mm_to_original);
}

TEST(Registration, refuses_pictures_without_pixels) {
  const auto result = register_page(UprightPage{}, drawn_form(10), candidate_at(), {});
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().reason, "picture_empty");
}

}  // namespace
}  // namespace postkamer::extract
