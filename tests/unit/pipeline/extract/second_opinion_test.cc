// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/extract/second_opinion.h"

#include <gtest/gtest.h>

namespace postkamer::extract {
namespace {

using Set = CharacterReader::Set;

CharacterCell cell(const std::string& best, double claim, const std::string& other = "",
                   double rest = 0.0) {
  CharacterCell out{{{best, claim}}, 0.001};
  if (!other.empty()) out.candidates.push_back({other, rest});
  return out;
}

CellInk ink_at(int x, int y, int width, int height) {
  return {cv::Mat(height, width, CV_8UC1, cv::Scalar(255)), {x, y, width, height}, width * height};
}

TEST(SecondOpinion, agreement_makes_surer_and_dissent_less_sure) {
  const CharacterCell first = cell("N", 0.7, "J", 0.29);
  EXPECT_GT(pooled(first, cell("N", 0.95), Set::capitals).candidates.front().probability, 0.8);
  const CharacterCell torn = pooled(first, cell("M", 0.95), Set::capitals);
  EXPECT_LT(torn.candidates.front().probability, 0.7);
}

TEST(SecondOpinion, a_sure_reader_overrules_an_unsure_one) {
  const CharacterCell out = pooled(cell("J", 0.5, "N", 0.4), cell("N", 0.99), Set::capitals);
  EXPECT_EQ(out.candidates.front().text, "N");
}

TEST(SecondOpinion, the_claims_sum_to_one) {
  const CharacterCell out = pooled(cell("3", 0.6, "8", 0.3), cell("8", 0.5, "3", 0.2), Set::digits);
  double sum = out.empty_probability;
  for (const Alternative& each : out.candidates) sum += each.probability;
  EXPECT_NEAR(sum, 1.0, 1e-4);
}

TEST(SecondOpinion, only_characters_of_the_set_count) {
  CharacterCell second = cell("O", 0.9, "0", 0.05);
  const CharacterCell out = pooled(cell("0", 0.8, "6", 0.1), second, Set::digits);
  EXPECT_EQ(out.candidates.front().text, "0");
  for (const Alternative& each : out.candidates) EXPECT_NE(each.text, "O");
}

TEST(SecondOpinion, what_seems_to_be_of_another_set_stays_in_doubt) {
  const CharacterCell foreign = cell("8", 0.45);
  const CharacterCell out = pooled(foreign, cell("8", 0.99), Set::digits);
  EXPECT_TRUE(seems_foreign(out));
  EXPECT_EQ(out.candidates.front().probability, foreign.candidates.front().probability);
}

TEST(SecondOpinion, a_dash_and_a_silent_reader_change_nothing) {
  EXPECT_EQ(pooled(cell("-", 0.98), cell("I", 0.9), Set::alphanumeric).candidates.front().text,
            "-");
  EXPECT_EQ(pooled(cell("4", 0.6), {}, Set::digits).candidates.front().probability, 0.6);
}

TEST(SecondOpinion, is_asked_of_three_characters_that_are_not_all_sure) {
  const CharacterCell sure = cell("1", 0.99999);
  const CharacterCell unsure = cell("1", 0.9);
  const CharacterCell empty{{}, 0.998};
  EXPECT_TRUE(wants_second_opinion({sure, unsure, sure}));
  EXPECT_FALSE(wants_second_opinion({sure, sure, sure, empty}));
  EXPECT_FALSE(wants_second_opinion({unsure, unsure, empty}));
}

TEST(CombLine, puts_characters_side_by_side_at_their_heights) {
  const CombLine line = as_line(
      {ink_at(100, 10, 20, 30), ink_at(170, 14, 10, 30), {}, ink_at(300, 8, 20, 30)}, {0, 4});
  ASSERT_EQ(line.columns.size(), 4u);
  EXPECT_EQ(line.columns[0].from, 0);
  EXPECT_EQ(line.columns[0].to, 20);
  EXPECT_GT(line.columns[1].from, 20);
  EXPECT_LT(line.columns[1].from, 35) << "closer than in their cells";
  EXPECT_LE(line.columns[2].to, line.columns[2].from) << "an empty cell has no columns";
  EXPECT_GT(line.columns[3].from - line.columns[1].to, line.columns[1].from - line.columns[0].to)
      << "an empty cell parts words";
  EXPECT_EQ(line.picture.height(), 36);
  EXPECT_EQ(line.picture.pixels.at<std::uint8_t>(2, 5), 0);
  EXPECT_EQ(line.picture.pixels.at<std::uint8_t>(1, 5), 255);
}

TEST(CombLine, is_none_for_fewer_than_three_characters) {
  EXPECT_TRUE(
      as_line({ink_at(0, 0, 9, 30), {}, ink_at(90, 0, 9, 30)}, {0, 3}).picture.pixels.empty());
}

TEST(CombLine, of_a_part_has_the_scale_of_the_whole_comb) {
  const std::vector<CellInk> inks{ink_at(0, 0, 20, 40), ink_at(50, 0, 20, 40),
                                  ink_at(100, 0, 20, 40), ink_at(150, 10, 10, 10),
                                  ink_at(200, 10, 10, 10)};
  const CombLine line = as_line(inks, {3, 5});
  ASSERT_EQ(line.columns.size(), 2u);
  EXPECT_EQ(line.picture.height(), 10);
  EXPECT_NEAR(line.columns[1].from - line.columns[0].to, 0.22 * 40, 1.0);
}

// Reads every character as an X, and keeps how many it was shown at a time.
class AllX : public LineReader {
 public:
  std::vector<Alternative> read(const GrayImage&) const override { return {}; }
  std::vector<CharacterCell> read_apart(const GrayImage&,
                                        const std::vector<ColumnRange>& columns) const override {
    shown.push_back(columns.size());
    return std::vector<CharacterCell>(columns.size(), cell("X", 0.9));
  }
  double log_usual(std::string_view) const override { return 0.0; }
  std::string model() const override { return "test"; }
  mutable std::vector<std::size_t> shown;
};

std::vector<CellInk> comb_of(std::size_t characters) {
  std::vector<CellInk> inks;
  for (std::size_t i = 0; i < characters; ++i)
    inks.push_back(ink_at(static_cast<int>(50 * i), 0, 20, 30));
  return inks;
}

TEST(SecondOpinions, are_heard_of_characters_in_doubt_among_their_neighbours) {
  std::vector<CharacterCell> cells(12, cell("A", 0.9999));
  cells[1] = cell("A", 0.9);
  cells[9] = cell("A", 0.7);
  cells[10] = cell("A", 0.7);
  const AllX reader;
  const auto heard = second_opinions(comb_of(12), cells, reader);
  ASSERT_EQ(heard.size(), 12u);
  for (std::size_t i = 0; i < heard.size(); ++i)
    EXPECT_EQ(!heard[i].candidates.empty(), i == 1 || i == 9 || i == 10) << i;
  EXPECT_EQ(reader.shown, (std::vector<std::size_t>{4, 5})) << "two on either side, as far as any";
}

TEST(SecondOpinions, show_characters_in_doubt_that_stand_near_at_once) {
  std::vector<CharacterCell> cells(9, cell("A", 0.9999));
  cells[1] = cells[5] = cell("A", 0.9);
  const AllX reader;
  second_opinions(comb_of(9), cells, reader);
  EXPECT_EQ(reader.shown, (std::vector<std::size_t>{8}));
}

TEST(SecondOpinions, look_past_empty_cells_for_neighbours) {
  std::vector<CharacterCell> cells(7, cell("A", 0.9999));
  std::vector<CellInk> inks = comb_of(7);
  cells[3] = cell("A", 0.9);
  for (const std::size_t i : {2U, 4U}) {
    cells[i] = {{}, 0.9995};
    inks[i] = {};
  }
  const AllX reader;
  second_opinions(inks, cells, reader);
  EXPECT_EQ(reader.shown, (std::vector<std::size_t>{7}));
}

TEST(SecondOpinions, are_not_asked_where_all_is_sure) {
  const AllX reader;
  second_opinions(comb_of(5), std::vector<CharacterCell>(5, cell("A", 0.99999)), reader);
  EXPECT_TRUE(reader.shown.empty());
}

}  // namespace
}  // namespace postkamer::extract
