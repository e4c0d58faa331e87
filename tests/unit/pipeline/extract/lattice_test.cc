// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/extract/lattice.h"

#include <gtest/gtest.h>

namespace postkamer::extract {
namespace {

using forms::FieldType;

CharacterCell cell(std::vector<Alternative> candidates, double empty) {
  return {std::move(candidates), empty};
}

std::vector<Rect> row(const std::vector<int>& groups) {
  std::vector<Rect> cells;
  double x = 0;
  for (const int size : groups) {
    for (int i = 0; i < size; ++i, x += 5) cells.push_back({x, 0, 5, 6});
    x += 3;
  }
  return cells;
}

Filling filling(const std::string& text) {
  Filling out;
  for (const char c : text) out.cells.push_back(c == ' ' ? "" : std::string(1, c));
  return out;
}

TEST(Lattice, ranks_fillings_by_their_product) {
  const std::vector<CharacterCell> cells{cell({{"1", 0.6}, {"7", 0.4}}, 0.0),
                                         cell({{"5", 0.9}, {"6", 0.1}}, 0.0)};
  const auto best = best_fillings(cells, 3);
  ASSERT_EQ(best.size(), 3u);
  EXPECT_EQ(cell_by_cell(best[0]), "15");
  EXPECT_NEAR(best[0].probability, 0.54, 1e-9);
  EXPECT_EQ(cell_by_cell(best[1]), "75");
  EXPECT_NEAR(best[1].probability, 0.36, 1e-9);
  EXPECT_EQ(cell_by_cell(best[2]), "16");
}

TEST(Lattice, an_empty_cell_is_one_of_the_choices) {
  const auto best = best_fillings({cell({{"1", 0.3}}, 0.7)}, 2);
  EXPECT_EQ(cell_by_cell(best[0]), "");
  EXPECT_NEAR(best[0].probability, 0.7, 1e-9);
  EXPECT_EQ(cell_by_cell(best[1]), "1");
}

TEST(Lattice, writes_a_date_with_its_groups) {
  const auto groups = groups_of(row({2, 2, 4}));
  EXPECT_EQ(written(filling("03052026"), FieldType::date, groups), "03-05-2026");
  EXPECT_EQ(written(filling("3  52026"), FieldType::date, groups), "3-5-2026");
  EXPECT_EQ(written(filling("03052026"), FieldType::date, groups_of(row({8}))), "03-05-2026");
}

TEST(Lattice, writes_an_amount_with_its_cents) {
  const auto groups = groups_of(row({5, 2}));
  EXPECT_EQ(written(filling("  12345"), FieldType::amount, groups), "123,45");
  EXPECT_EQ(written(filling("  123  "), FieldType::amount, groups), "123");
}

TEST(Lattice, keeps_the_gap_between_words_and_drops_it_in_numbers) {
  const auto groups = groups_of(row({8}));
  EXPECT_EQ(written(filling("DE VRIES"), FieldType::capitals, groups), "DE VRIES");
  EXPECT_EQ(written(filling(" 12 34  "), FieldType::digits, groups), "1234");
  EXPECT_EQ(cell_by_cell(filling(" 12 34  ")), " 12 34");
}

TEST(Lattice, an_empty_comb_is_written_as_nothing) {
  EXPECT_EQ(written(filling("        "), FieldType::date, groups_of(row({2, 2, 4}))), "");
}

}  // namespace
}  // namespace postkamer::extract
