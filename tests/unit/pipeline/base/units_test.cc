// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/base/units.h"

#include <gtest/gtest.h>

namespace postkamer {
namespace {

TEST(Units, turn_degrees_into_radians) {
  EXPECT_DOUBLE_EQ(Degrees{180.0}.radians(), std::numbers::pi);
  EXPECT_LT(Degrees{-1.0}, Degrees{1.0});
}

TEST(Units, count_pixels_in_a_millimetre) {
  EXPECT_DOUBLE_EQ(pixels_per_mm(Dpi{254.0}), 10.0);
  EXPECT_NEAR(210.0 * pixels_per_mm(Dpi{300.0}), 2480.3, 0.1);
}

TEST(QuarterTurn, adds_up_clockwise_and_comes_round) {
  EXPECT_EQ(QuarterTurn::right + QuarterTurn::right, QuarterTurn::half);
  EXPECT_EQ(QuarterTurn::left + QuarterTurn::right, QuarterTurn::none);
  EXPECT_EQ(QuarterTurn::left + QuarterTurn::half, QuarterTurn::right);
  EXPECT_DOUBLE_EQ(degrees_of(QuarterTurn::left).value, 270.0);
}

}  // namespace
}  // namespace postkamer
