// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/extract/look_alikes.h"

#include <string>

#include <gtest/gtest.h>

namespace postkamer::extract {
namespace {

std::vector<CharacterCell> cells_of(const std::string& text) {
  std::vector<CharacterCell> cells;
  for (const char c : text) {
    if (c == ' ')
      cells.push_back({{}, 0.99});
    else
      cells.push_back({{{std::string(1, c), 0.9}}, 0.01});
  }
  return cells;
}

std::string settled(const std::string& text) {
  auto cells = cells_of(text);
  settle_look_alikes(cells);
  std::string out;
  for (const auto& cell : cells)
    out += cell.candidates.empty() ? " " : cell.candidates.front().text;
  return out;
}

TEST(LookAlikes, a_nought_among_letters_is_an_o) { EXPECT_EQ(settled("W0Z-2026"), "WOZ-2026"); }

TEST(LookAlikes, an_o_among_digits_is_a_nought) { EXPECT_EQ(settled("AB 43O7"), "AB 4307"); }

TEST(LookAlikes, at_the_end_of_a_run_they_stay_as_they_are) {
  EXPECT_EQ(settled("A1 D10"), "A1 D10");
  EXPECT_EQ(settled("O0"), "O0");
}

TEST(LookAlikes, both_claims_count_for_the_one_that_fits) {
  std::vector<CharacterCell> cells = cells_of("W0Z");
  cells[1].candidates = {{"0", 0.5}, {"O", 0.45}};
  settle_look_alikes(cells);
  EXPECT_EQ(cells[1].candidates.front().text, "O");
  EXPECT_NEAR(cells[1].candidates.front().probability, 0.95 * 9.0 / 9.5, 1e-9);
  EXPECT_EQ(cells[1].candidates.back().text, "0") << "codes of a digit between letters exist";
  cells[1].candidates = {{"O", 0.5}, {"0", 0.45}};
  settle_look_alikes(cells);
  ASSERT_EQ(cells[1].candidates.size(), 1u);
  EXPECT_NEAR(cells[1].candidates.front().probability, 0.95, 1e-9) << "glyph and neighbours agree";
}

TEST(LookAlikes, a_clear_nought_between_letters_is_in_doubt) {
  for (const char* text : {"B0K", "B1K", "4O7", "4I7"}) {
    std::vector<CharacterCell> cells = cells_of(text);
    cells[1].candidates.front().probability = 0.999;
    settle_look_alikes(cells);
    ASSERT_EQ(cells[1].candidates.size(), 2u) << text;
    EXPECT_LT(cells[1].candidates.front().probability, 0.6) << text;
    EXPECT_NEAR(cells[1].candidates[0].probability + cells[1].candidates[1].probability, 0.999,
                1e-9);
  }
}

TEST(LookAlikes, a_clear_two_among_letters_stays_a_two) {
  std::vector<CharacterCell> cells = cells_of("L2U");
  cells[1].candidates = {{"2", 0.995}, {"Z", 0.005}};
  settle_look_alikes(cells);
  EXPECT_EQ(cells[1].candidates.front().text, "2");
  EXPECT_NEAR(cells[1].candidates.front().probability, 0.909, 1e-3) << "but in doubt";
}

TEST(LookAlikes, an_unclear_two_among_letters_is_a_z) {
  std::vector<CharacterCell> cells = cells_of("B2Z");
  cells[1].candidates = {{"2", 0.7}, {"Z", 0.3}};
  settle_look_alikes(cells);
  EXPECT_EQ(cells[1].candidates.front().text, "Z");
}

}  // namespace
}  // namespace postkamer::extract
