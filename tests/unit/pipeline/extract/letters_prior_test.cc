// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/extract/letters_prior.h"

#include <gtest/gtest.h>

namespace postkamer::extract {
namespace {

// Knows one name; of all others it thinks little.
class OneName : public LineReader {
 public:
  explicit OneName(std::string name) : name_(std::move(name)) {}
  std::vector<Alternative> read(const GrayImage&) const override { return {}; }
  std::vector<CharacterCell> read_apart(const GrayImage&,
                                        const std::vector<ColumnRange>&) const override {
    return {};
  }
  double log_usual(std::string_view text) const override { return text == name_ ? -5.0 : -20.0; }
  std::string model() const override { return "test"; }

 private:
  std::string name_;
};

// A letter a cell, by `claim`; a second reading in brackets: "B[OD]M" is an O, perhaps a D.
std::vector<CharacterCell> comb(const std::string& letters, double claim = 0.999) {
  std::vector<CharacterCell> cells;
  for (std::size_t i = 0; i < letters.size(); ++i) {
    if (letters[i] == ' ') {
      cells.push_back({{}, 0.998});
    } else if (letters[i] == '[') {
      cells.push_back({{{letters.substr(i + 1, 1), 0.55}, {letters.substr(i + 2, 1), 0.44}}, 0.01});
      i += 3;
    } else {
      cells.push_back({{{letters.substr(i, 1), claim}}, 1.0 - claim});
    }
  }
  return cells;
}

std::string read(const std::vector<CharacterCell>& cells) {
  std::string text;
  for (const CharacterCell& cell : cells)
    text += cell.candidates.empty() ? " " : cell.candidates.front().text;
  return text;
}

TEST(LettersPrior, of_two_readings_the_usual_word_is_likelier) {
  auto cells = comb("BO[DO]M");
  weigh_letters(cells, OneName("BOOM"));
  EXPECT_EQ(read(cells), "BOOM");
  EXPECT_GT(cells[2].candidates.front().probability, 0.9);
  EXPECT_LT(cells[2].candidates.front().probability, 1.0);
}

TEST(LettersPrior, a_rare_name_that_is_clear_stays) {
  auto cells = comb("BODM", 0.9997);
  weigh_letters(cells, OneName("BOOM"));
  EXPECT_EQ(read(cells), "BODM");
  EXPECT_NEAR(cells[2].candidates.front().probability, 0.9997, 1e-9);
}

TEST(LettersPrior, no_letter_is_read_that_no_cell_claims) {
  auto cells = comb("B[DC]DM");
  weigh_letters(cells, OneName("BOOM"));
  EXPECT_EQ(read(cells), "BDDM");
  EXPECT_EQ(cells[1].candidates.size(), 2u);
}

TEST(LettersPrior, initials_follow_no_rule) {
  auto cells = comb("[DO]ME");
  weigh_letters(cells, OneName("OME"));
  EXPECT_EQ(cells[0].candidates.front().probability, 0.55);
}

TEST(LettersPrior, empty_cells_around_a_word_do_not_count_and_stay) {
  auto cells = comb("  BO[DO]M    ");
  weigh_letters(cells, OneName("BOOM"));
  EXPECT_EQ(read(cells), "  BOOM    ");
  EXPECT_EQ(cells.front().empty_probability, 0.998);
  EXPECT_EQ(cells.back().empty_probability, 0.998);
}

TEST(LettersPrior, the_claims_of_a_cell_still_sum_to_one) {
  auto cells = comb("B[OD][DO]M");
  weigh_letters(cells, OneName("BOOM"));
  for (const CharacterCell& cell : cells) {
    double sum = cell.empty_probability;
    for (const Alternative& each : cell.candidates) sum += each.probability;
    EXPECT_NEAR(sum, 1.0, 1e-3);
  }
}

TEST(LettersPrior, an_empty_comb_stays_empty) {
  auto cells = comb("        ");
  weigh_letters(cells, OneName("BOOM"));
  EXPECT_EQ(cells.size(), 8u);
  EXPECT_EQ(cells[0].empty_probability, 0.998);
}

}  // namespace
}  // namespace postkamer::extract
