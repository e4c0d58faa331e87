// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/deskew/deskew.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "tests/unit/pipeline/deskew/drawn_page.h"

namespace postkamer::deskew {
namespace {

bool has(const Findings& findings, const char* code) {
  return std::any_of(findings.begin(), findings.end(),
                     [&](const Finding& f) { return f.code == code; });
}

double share_of_ink(const cv::Mat& pixels) {
  return 1.0 - static_cast<double>(cv::countNonZero(pixels)) / static_cast<double>(pixels.total());
}

TEST(Deskew, leaves_a_straight_page_untouched) {
  const GrayImage page = bilevel(text_page(11));
  const auto result = deskew(page, {});
  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(cv::norm(result->upright.pixels, page.pixels, cv::NORM_L1), 0.0);
  EXPECT_EQ(result->original_to_upright, Transform::identity());
  EXPECT_EQ(result->skew.value, 0.0);
  EXPECT_GT(result->skew_confidence, 0.3);
}

TEST(Deskew, straightens_so_that_nothing_is_left) {
  for (const double angle : {-9.0, -2.5, 0.3, 4.4, 11.0})
    for (const bool gray : {false, true}) {
      const GrayImage skewed = rotated(text_page(12), angle);
      const auto result = deskew(gray ? skewed : bilevel(skewed), {});
      ASSERT_TRUE(result.has_value());
      EXPECT_NEAR(result->skew.value, angle, 0.05);
      EXPECT_TRUE(result->upright.is_bilevel);
      EXPECT_NEAR(estimate_skew(result->upright, Degrees{12}).angle.value, 0.0, 0.05) << angle;
    }
}

// A note on ruled paper: the lines are too pale to be ink, and the hand, letter by letter, does not
// keep to them.
GrayImage note_on_ruled_paper() {
  GrayImage page = white_page();
  page.pixels.setTo(220);
  for (int y = 700; y < page.height(); y += 95)
    cv::line(page.pixels, {0, y}, {page.width() - 1, y}, 185, 2);
  std::mt19937 random(16);
  for (int line = 0; line < 3; ++line)
    for (int letter = 0; letter < 20; ++letter) {
      const cv::Point at{200 + 55 * letter,
                         880 + 285 * line + 2 * letter + static_cast<int>(random() % 17)};
      cv::putText(page.pixels, "e", at, cv::FONT_HERSHEY_SCRIPT_SIMPLEX, 1.9, 60, 4, cv::LINE_AA);
    }
  return page;
}

TEST(Deskew, asks_the_pale_lines_of_writing_paper_where_the_hand_goes_astray) {
  for (const double angle : {-0.36, 1.7}) {
    const auto result = deskew(rotated(note_on_ruled_paper(), angle), {});
    ASSERT_TRUE(result.has_value());
    EXPECT_NEAR(result->skew.value, angle, 0.05);
  }
}

TEST(Deskew, tells_where_every_pixel_went) {
  GrayImage page = rotated(text_page(13), 5.0);
  const std::array<cv::Point, 3> places{cv::Point{60, 60}, {1600, 80}, {800, 2300}};
  for (const auto& place : places) cv::circle(page.pixels, place, 9, 0, cv::FILLED);
  const auto result = deskew(bilevel(page), {});
  ASSERT_TRUE(result.has_value());
  for (const auto& place : places) {
    const Point at = result->original_to_upright.apply({place.x + 0.5, place.y + 0.5});
    const cv::Rect around{static_cast<int>(at.x) - 12, static_cast<int>(at.y) - 12, 25, 25};
    cv::Mat ink;
    cv::bitwise_not(result->upright.pixels(around), ink);
    const cv::Moments moments = cv::moments(ink, true);
    ASSERT_GT(moments.m00, 150.0);
    EXPECT_NEAR(around.x + moments.m10 / moments.m00 + 0.5, at.x, 0.5);
    EXPECT_NEAR(around.y + moments.m01 / moments.m00 + 0.5, at.y, 0.5);
  }
}

TEST(Deskew, cuts_nothing_off) {
  GrayImage page = rotated(text_page(14), 6.0);
  cv::rectangle(page.pixels, {0, 0}, {9, 9}, 0, cv::FILLED);
  const auto result = deskew(bilevel(page), {});
  ASSERT_TRUE(result.has_value());
  const Rect all = result->original_to_upright.bounds(
      {0, 0, static_cast<double>(page.width()), static_cast<double>(page.height())});
  EXPECT_GE(all.x, -0.01);
  EXPECT_GE(all.y, -0.01);
  EXPECT_LE(all.right(), result->upright.width() + 0.01);
  EXPECT_LE(all.bottom(), result->upright.height() + 0.01);
  const double ink = share_of_ink(bilevel(page).pixels) * static_cast<double>(page.pixels.total());
  const double kept =
      share_of_ink(result->upright.pixels) * static_cast<double>(result->upright.pixels.total());
  EXPECT_NEAR(kept / ink, 1.0, 0.03);
}

TEST(Deskew, does_not_rotate_noise_or_blanks_and_says_so) {
  for (const GrayImage& page : {noise_page(15, 0.05), bilevel(white_page())}) {
    const auto result = deskew(page, {});
    ASSERT_TRUE(result.has_value());
    EXPECT_EQ(result->original_to_upright, Transform::identity());
    EXPECT_EQ(result->skew_confidence, 0.0);
    EXPECT_TRUE(has(result->findings, "skew_uncertain"));
  }
}

TEST(Deskew, refuses_a_picture_without_pixels) {
  const auto result = deskew(GrayImage{}, {});
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().reason, "picture_empty");
}

TEST(Turned, four_quarter_turns_are_the_identity) {
  const GrayImage page = bilevel(rotated(text_page(16), 1.0));
  GrayImage now = page;
  for (int i = 0; i < 4; ++i) now = turned(now, QuarterTurn::right);
  EXPECT_EQ(cv::norm(now.pixels, page.pixels, cv::NORM_L1), 0.0);
  now = turned(turned(page, QuarterTurn::left), QuarterTurn::right);
  EXPECT_EQ(cv::norm(now.pixels, page.pixels, cv::NORM_L1), 0.0);
}

TEST(Turned, moves_pixels_where_the_transform_says) {
  GrayImage page = white_page(120, 80);
  page.pixels.at<std::uint8_t>(7, 30) = 0;
  for (const auto turn :
       {QuarterTurn::none, QuarterTurn::right, QuarterTurn::half, QuarterTurn::left}) {
    const GrayImage out = turned(page, turn);
    const Point at = turn_transform(120, 80, turn).apply({30.5, 7.5});
    EXPECT_EQ(out.pixels.at<std::uint8_t>(static_cast<int>(at.y), static_cast<int>(at.x)), 0);
  }
}

TEST(Binarise, keeps_a_bilevel_page) {
  const GrayImage page = bilevel(text_page(17));
  EXPECT_EQ(cv::norm(binarise(page).pixels, page.pixels, cv::NORM_L1), 0.0);
}

// Tint, a shadow across the page, blur and show-through: the ink must stay what it was.
TEST(Binarise, finds_the_ink_under_uneven_light_tint_and_show_through) {
  const GrayImage clean = text_page(18);
  cv::Mat behind;
  cv::flip(text_page(19).pixels, behind, 1);
  cv::GaussianBlur(behind, behind, {9, 9}, 2.0);
  cv::Mat page;
  clean.pixels.convertTo(page, CV_32F, 0.6, 60.0);
  cv::Mat faint;
  behind.convertTo(faint, CV_32F, 0.06, -0.06 * 255.0);
  page += faint;
  for (int x = 0; x < page.cols; ++x) page.col(x) *= 0.6 + 0.4 * static_cast<double>(x) / page.cols;
  GrayImage scan{cv::Mat(), clean.dpi, false};
  page.convertTo(scan.pixels, CV_8U);
  const GrayImage got = binarise(scan);
  cv::Mat wrong;
  cv::compare(got.pixels, bilevel(clean).pixels, wrong, cv::CMP_NE);
  EXPECT_LT(cv::countNonZero(wrong), 0.002 * static_cast<double>(wrong.total()));
}

// Toner near its end: the darkest ink takes a fifth of the paper's light.
TEST(Binarise, finds_the_ink_of_a_page_that_is_much_too_pale) {
  const GrayImage clean = text_page(20);
  cv::Mat page;
  clean.pixels.convertTo(page, CV_32F, 0.2, 0.8 * 255.0 - 10.0);
  cv::Mat noise(page.size(), CV_32F);
  cv::RNG(20).fill(noise, cv::RNG::NORMAL, 0.0, 4.0);
  GrayImage scan{cv::Mat(), clean.dpi, false};
  page += noise;
  page.convertTo(scan.pixels, CV_8U);
  const GrayImage got = binarise(scan);
  cv::Mat wrong;
  cv::compare(got.pixels, bilevel(clean).pixels, wrong, cv::CMP_NE);
  const cv::Mat ink = bilevel(clean).pixels == 0;
  EXPECT_LT(cv::countNonZero(wrong), 0.05 * cv::countNonZero(ink));
}

TEST(Binarise, sees_solid_bars_as_ink_all_through) {
  GrayImage page = white_page();
  page.pixels.setTo(225);
  cv::rectangle(page.pixels, {200, 400}, {1400, 460}, 60, cv::FILLED);
  const GrayImage got = binarise(page);
  EXPECT_EQ(cv::countNonZero(got.pixels(cv::Rect{205, 405, 1190, 50})), 0);
}

}  // namespace
}  // namespace postkamer::deskew
