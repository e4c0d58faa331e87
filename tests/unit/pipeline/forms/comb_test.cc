// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/forms/comb.h"

#include <gtest/gtest.h>

namespace postkamer::forms {
namespace {

TEST(Comb, cells_fill_the_box_but_for_the_gaps) {
  const auto cells = comb_cells({10, 20, 33.8, 6.5}, {6, {4, 2}, 2.6});
  ASSERT_EQ(cells.size(), 6u);
  EXPECT_DOUBLE_EQ(cells[0].x, 10.0);
  EXPECT_NEAR(cells[4].x - cells[3].right(), 2.6, 1e-9);
  EXPECT_NEAR(cells[5].right(), 43.8, 1e-9);
}

TEST(Comb, is_found_back_in_its_own_cells) {
  const Rect box{10, 20, 46.8, 6.5};
  const auto comb = comb_of(box, comb_cells(box, {8, {2, 2, 4}, 2.6}), kExactly);
  ASSERT_TRUE(comb);
  EXPECT_EQ(comb->cells, 8);
  EXPECT_EQ(comb->groups, (std::vector<int>{2, 2, 4}));
  EXPECT_DOUBLE_EQ(comb->gap, 2.6);
}

TEST(Comb, is_not_found_in_cells_of_unequal_width) {
  const std::vector<Rect> cells{{0, 0, 5, 6}, {5, 0, 7, 6}};
  EXPECT_FALSE(comb_of({0, 0, 12, 6}, cells, kExactly));
  EXPECT_FALSE(comb_of({0, 0, 12, 6}, {}, kExactly));
}

TEST(Comb, tolerance_lets_measured_cells_count_as_regular) {
  const std::vector<Rect> cells{{0.1, 0, 5.1, 6}, {5.1, 0.1, 5, 5.9}, {9.9, 0, 5.1, 6}};
  EXPECT_FALSE(comb_of({0, 0, 15, 6}, cells, kExactly));
  EXPECT_TRUE(comb_of({0, 0, 15, 6}, cells, 0.3));
}

}  // namespace
}  // namespace postkamer::forms
