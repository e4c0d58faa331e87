// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/intake/page_size.h"

#include <gtest/gtest.h>

namespace postkamer::intake {
namespace {

TEST(PageSize, believes_a_plausible_resolution) {
  const Resolution resolution = resolve({204.0, 196.0}, 1728, 2200);
  EXPECT_FALSE(resolution.guessed);
  EXPECT_EQ(resolution.x, Dpi{204.0});
  EXPECT_EQ(resolution.y, Dpi{196.0});
  EXPECT_FALSE(resolution.is_square());
}

TEST(PageSize, takes_300_and_299_dpi_for_square) {
  EXPECT_TRUE(resolve({300.0, 299.0}, 2480, 3508).is_square());
}

struct GuessCase {
  StatedResolution stated;
  int width;
  int height;
  double dpi;
};

class PageSizeGuess : public testing::TestWithParam<GuessCase> {};

TEST_P(PageSizeGuess, finds_the_scanner_s_setting) {
  const GuessCase& given = GetParam();
  const Resolution resolution = resolve(given.stated, given.width, given.height);
  EXPECT_TRUE(resolution.guessed);
  EXPECT_DOUBLE_EQ(resolution.x.value, given.dpi);
  EXPECT_DOUBLE_EQ(resolution.y.value, given.dpi);
  EXPECT_FALSE(resolution.evidence.empty());
}

INSTANTIATE_TEST_SUITE_P(
    papers, PageSizeGuess,
    testing::Values(GuessCase{{0, 0}, 2480, 3508, 300},  // A4
                    GuessCase{{0, 0}, 3508, 2480, 300},  // A4 on its side
                    GuessCase{{0, 0}, 1654, 2339, 200},  // A4
                    GuessCase{{0, 0}, 1748, 2480, 300},  // A5
                    GuessCase{{0, 0}, 2550, 3300, 300},  // Letter
                    GuessCase{
                        {72, 72}, 2480, 3508, 300},  // the default of programs that do not know
                    GuessCase{{96, 96}, 4960, 7016, 600},  // A4 at 600
                    GuessCase{{1, 1}, 2480, 3508, 300},    // absurd
                    GuessCase{{30'000, 30'000}, 2480, 3508, 300}));

TEST(PageSize, leaves_72_dpi_alone_where_the_page_would_be_of_normal_size) {
  EXPECT_FALSE(resolve({72.0, 72.0}, 595, 842).guessed);
}

TEST(PageSize, judges_sizes_by_name) {
  Limits limits;
  EXPECT_TRUE(check_page_size(2480, 3508, limits));
  EXPECT_EQ(check_page_size(0, 10, limits).error().reason, "scan_damaged");
  EXPECT_EQ(check_page_size(40'000, 30'000, limits).error().reason, "limit_side_pixels");
  EXPECT_EQ(check_page_size(20'000, 20'000, limits).error().reason, "limit_page_pixels");
  EXPECT_EQ(check_page_size(21'000, 1'000, limits).error().reason, "limit_side_ratio");
  EXPECT_EQ(check_page_size(~0ull, ~0ull, limits).error().reason, "limit_side_pixels");
}

}  // namespace
}  // namespace postkamer::intake
