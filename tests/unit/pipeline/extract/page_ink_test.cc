// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/extract/page_ink.h"

#include <gmock/gmock.h>

#include "tests/unit/pipeline/extract/drawn_form.h"

namespace postkamer::extract {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

// A drawn form as it was scanned, with what a test puts on it.
struct Sheet {
  BlankPage blank = drawn_form(3);
  cv::Mat paper = blank.image.pixels.clone();
  Scanned how{.degrees = 0.7, .scale = 1.0, .stretch = 1.0, .shift_mm = {1.0, -0.5}};

  static int at(double mm) { return static_cast<int>(std::lround(mm * FormDrawing::ppm())); }

  // Rows of letters as a pen or a stamp leaves them.
  void write(double x, double y, int letters) {
    for (int i = 0; i < letters; ++i) {
      const cv::Point from{at(x + 2.4 * i), at(y)};
      cv::line(paper, from, from + cv::Point(at(0.4), at(3.0)), 0, 4);
      cv::line(paper, from, from + cv::Point(at(1.5), at(0.8)), 0, 4);
    }
  }

  [[nodiscard]] PageInk ink(const std::vector<Rect>& fields = {}) const {
    return page_ink(scan(paper, how), prepare_blank(blank), scan_map(how), fields);
  }
};

// The foot of every drawn form is bare from here on, mm.
constexpr double kBare = 286.0;

TEST(PageInk, a_form_as_it_was_printed_has_none_and_misses_no_print) {
  const PageInk ink = Sheet().ink();
  EXPECT_THAT(ink.spots, IsEmpty());
  EXPECT_LT(ink.print_missing, 0.02);
}

TEST(PageInk, a_note_in_the_margin_is_found_where_it_stands) {
  Sheet sheet;
  sheet.write(30, kBare, 12);
  const PageInk ink = sheet.ink();
  ASSERT_THAT(ink.spots, SizeIs(1));
  const InkSpot& spot = ink.spots.front();
  EXPECT_NEAR(spot.box.x, 30.0, 0.8);
  EXPECT_NEAR(spot.box.right(), 30.0 + 11 * 2.4 + 1.5, 0.8);
  EXPECT_NEAR(spot.box.y, kBare, 0.8);
  EXPECT_EQ(spot.strokes, 12);
  EXPECT_FALSE(spot.is_framed);
}

TEST(PageInk, writing_in_and_out_of_a_field_is_the_fields) {
  Sheet sheet;
  sheet.write(30, kBare, 12);
  EXPECT_THAT(sheet.ink({{28, kBare - 1, 40, 5}}).spots, IsEmpty());
}

TEST(PageInk, a_stamp_has_its_frame_beside_its_letters) {
  Sheet sheet;
  sheet.write(80, kBare, 10);
  cv::rectangle(sheet.paper, {Sheet::at(77), Sheet::at(kBare - 2.5)},
                {Sheet::at(107), Sheet::at(kBare + 5.5)}, 0, 4);
  const PageInk ink = sheet.ink();
  ASSERT_THAT(ink.spots, SizeIs(1));
  EXPECT_TRUE(ink.spots.front().is_framed);
  EXPECT_EQ(ink.spots.front().strokes, 10);
  EXPECT_LT(ink.spots.front().box.width, 27.0) << "the frame is not among the letters";
}

TEST(PageInk, holes_folds_streaks_staples_and_dust_are_no_writing) {
  Sheet sheet;
  for (const double y : {108.0, 188.0}) {
    cv::circle(sheet.paper, {Sheet::at(10), Sheet::at(y)}, Sheet::at(3.0), 0, cv::FILLED);
    cv::circle(sheet.paper, {Sheet::at(200), Sheet::at(y)}, Sheet::at(3.0), 0, 3);
  }
  cv::line(sheet.paper, {0, Sheet::at(kBare)}, {sheet.paper.cols, Sheet::at(kBare)}, 0, 2);
  cv::line(sheet.paper, {Sheet::at(7), 0}, {Sheet::at(7), sheet.paper.rows}, 0, 2);
  cv::line(sheet.paper, {Sheet::at(8), Sheet::at(8)}, {Sheet::at(19), Sheet::at(9)}, 0,
           Sheet::at(1.2));
  std::mt19937 random(5);
  for (int i = 0; i < 300; ++i)
    cv::circle(sheet.paper,
               {static_cast<int>(random() % static_cast<unsigned>(sheet.paper.cols)),
                static_cast<int>(random() % static_cast<unsigned>(sheet.paper.rows))},
               1, 0, cv::FILLED);
  EXPECT_THAT(sheet.ink().spots, IsEmpty());
}

TEST(PageInk, a_form_with_another_lower_half_misses_its_print) {
  Sheet sheet;
  const cv::Mat other = drawn_form(17).image.pixels;
  const cv::Range lower(sheet.paper.rows / 2, sheet.paper.rows);
  other.rowRange(lower).copyTo(sheet.paper.rowRange(lower));
  const double other_half = sheet.ink().print_missing;
  sheet.paper.rowRange(lower).setTo(255);
  const double bare_half = sheet.ink().print_missing;
  EXPECT_GT(other_half, 0.1);
  EXPECT_GT(bare_half, 0.35);
}

TEST(PageInk, a_torn_corner_is_still_that_form) {
  Sheet sheet;
  cv::fillPoly(
      sheet.paper,
      std::vector<std::vector<cv::Point>>{{{0, 0}, {Sheet::at(50), 0}, {0, Sheet::at(60)}}}, 255);
  EXPECT_LT(sheet.ink().print_missing, 0.15);
}

TEST(PageInk, a_spot_is_cut_out_alone_and_upright) {
  Sheet sheet;
  sheet.how.turn = QuarterTurn::none;
  sheet.write(30, kBare, 12);
  const GrayImage page = scan(sheet.paper, sheet.how);
  const PageInk ink = sheet.ink();
  ASSERT_THAT(ink.spots, SizeIs(1));
  const GrayImage cut = cut_spot(page, scan_map(sheet.how), ink.spots.front());
  const double ppm = pixels_per_mm(cut.dpi);
  EXPECT_NEAR(cut.width() / ppm, ink.spots.front().box.width + 2 * kSpotMargin, 0.2);
  const double black = static_cast<double>(cv::countNonZero(cut.pixels == 0)) / (ppm * ppm);
  EXPECT_GT(black, 0.5 * ink.spots.front().ink);
  EXPECT_LT(black, 1.5 * ink.spots.front().ink);
}

}  // namespace
}  // namespace postkamer::extract
