// SPDX-License-Identifier: EUPL-1.2
#include "tests/support/scanner.h"

#include <gtest/gtest.h>

#include <cmath>
#include <opencv2/imgproc.hpp>

#include "tests/support/page_builder.h"

namespace postkamer::support {
namespace {

constexpr Point kSpot{60, 40};

Sheet sheet_with_a_spot(Dpi dpi) {
  // A small slip of paper keeps the tests quick.
  PageBuilder page(dpi, 105, 80);
  page.filled({kSpot.x - 2, kSpot.y - 2, 4, 4}, Ink{0, 0, 0});
  return {page.rgb(), dpi};
}

// The middle of all ink within 5 mm of where the truth says it is.
Point found_near(const ScannedPage& page, Point expected) {
  const int reach = static_cast<int>(5 * pixels_per_mm(page.dpi));
  cv::Mat gray = page.picture;
  if (gray.channels() == 3) cv::cvtColor(page.picture, gray, cv::COLOR_RGB2GRAY);
  const cv::Rect around = cv::Rect(static_cast<int>(expected.x) - reach,
                                   static_cast<int>(expected.y) - reach, 2 * reach, 2 * reach) &
                          cv::Rect({0, 0}, gray.size());
  const cv::Moments moments = cv::moments(gray(around) < 110, true);
  return {around.x + moments.m10 / moments.m00 + 0.5, around.y + moments.m01 / moments.m00 + 0.5};
}

TEST(Scanner, truth_says_where_a_spot_on_the_paper_is_on_the_picture) {
  struct Case {
    OutputMode mode;
    QuarterTurn turn;
  };
  const Case cases[] = {
      {OutputMode::g4_200, QuarterTurn::none},  {OutputMode::g4_200, QuarterTurn::right},
      {OutputMode::g4_200, QuarterTurn::half},  {OutputMode::g4_200, QuarterTurn::left},
      {OutputMode::g4_300, QuarterTurn::right}, {OutputMode::jpeg_pdf, QuarterTurn::left},
      {OutputMode::png, QuarterTurn::half}};
  for (const auto& [mode, turn] : cases) {
    ScanSettings settings;
    settings.mode = mode;
    settings.placing = {Degrees{2.5}, turn, 1.008, 0.994, {2.0, -3.0}, 4.0};
    const ScannedPage page = scan_sheet(sheet_with_a_spot(dpi_of(mode)), settings);
    const Point expected = page.mm_to_px.apply(kSpot);
    const Point found = found_near(page, expected);
    EXPECT_NEAR(found.x, expected.x, 0.5) << name_of(mode) << " turn " << static_cast<int>(turn);
    EXPECT_NEAR(found.y, expected.y, 0.5) << name_of(mode) << " turn " << static_cast<int>(turn);
  }
}

TEST(Scanner, turns_positive_skew_clockwise_as_seen_on_the_page) {
  ScanSettings settings;
  settings.placing.skew = Degrees{3};
  const ScannedPage page = scan_sheet(sheet_with_a_spot({300}), settings);
  const Point left = page.mm_to_px.apply({20, 100});
  const Point right = page.mm_to_px.apply({190, 100});
  EXPECT_NEAR(std::atan2(right.y - left.y, right.x - left.x), Degrees{3}.radians(), 1e-9);
}

TEST(Scanner, gives_the_same_pixels_for_the_same_seed_and_others_for_another) {
  Random first(7);
  Random second(7);
  Random other(8);
  const Sheet sheet = sheet_with_a_spot({200});
  const cv::Mat a = scan_sheet(sheet, drawn_settings(OutputMode::g4_200, 0, first)).picture;
  const cv::Mat b = scan_sheet(sheet, drawn_settings(OutputMode::g4_200, 0, second)).picture;
  const cv::Mat c = scan_sheet(sheet, drawn_settings(OutputMode::g4_200, 0, other)).picture;
  ASSERT_EQ(a.size(), b.size());
  EXPECT_EQ(cv::countNonZero(a != b), 0);
  EXPECT_TRUE(a.size() != c.size() || cv::countNonZero(a != c) > 0);
}

TEST(Scanner, shows_the_lid_beyond_the_paper) {
  ScanSettings settings;
  settings.mode = OutputMode::png;
  settings.placing.over_scan_mm = 5;
  settings.optics.lid = 0;
  const ScannedPage page = scan_sheet(sheet_with_a_spot({300}), settings);
  EXPECT_LT(page.picture.at<std::uint8_t>(10, 10), 40);
  EXPECT_GT(page.picture.at<std::uint8_t>(100, 100), 220);
}

TEST(Random, gives_the_numbers_it_gave_before) {
  // Sample scans must not change with the standard library; the engine's values are the standard's.
  Random random(5489);
  EXPECT_EQ(random.bits(), 14514284786278117030ull);
  EXPECT_EQ(random.whole(1, 6), 2);
  EXPECT_NEAR(random.normal(), -1.260020824022102, 1e-12);
}

}  // namespace
}  // namespace postkamer::support
