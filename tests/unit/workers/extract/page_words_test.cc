// SPDX-License-Identifier: EUPL-1.2
#include "workers/extract/page_words.h"

#include <gmock/gmock.h>

namespace postkamer::workers {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Ten pixels a millimetre.
extract::Registration lying(QuarterTurn turn = QuarterTurn::none) {
  extract::Registration registration;
  registration.mm_to_original = turn == QuarterTurn::half
                                    ? Transform{{-10, 0, 2100, 0, -10, 2970, 0, 0, 1}}
                                    : Transform::scale(10, 10);
  return registration;
}

forms::Form form_with_comb(int cells) {
  forms::Form form;
  forms::Field field;
  field.name = "naam";
  field.box = {20, 50, 5.0 * cells, 6};
  for (int i = 0; i < cells; ++i) field.cells.push_back({20 + 5.0 * i, 50, 5, 6});
  form.fields.push_back(field);
  return form;
}

Reading reading(const std::string& value, const std::string& raw) {
  Reading out;
  out.field = "naam";
  out.value = value;
  out.raw = raw;
  out.probability = 0.9;
  return out;
}

std::vector<std::string> texts(const std::vector<Word>& words) {
  std::vector<std::string> all;
  for (const auto& word : words) all.push_back(word.text);
  return all;
}

TEST(WordsOfFields, a_combs_value_is_words_over_its_filled_cells) {
  const auto words = words_of_fields(form_with_comb(12), {reading("DE WIT", "  DE WIT")}, lying());
  EXPECT_THAT(texts(words), ElementsAre("DE", "WIT"));
  EXPECT_EQ(words[0].box, (Rect{300, 500, 100, 60}));
  EXPECT_EQ(words[1].box, (Rect{450, 500, 150, 60}));
  EXPECT_EQ(words[0].confidence, 0.9);
}

TEST(WordsOfFields, letters_of_more_than_one_byte_count_as_one) {
  const auto words = words_of_fields(form_with_comb(5), {reading("ZOË", "ZOË")}, lying());
  EXPECT_THAT(texts(words), ElementsAre("ZOË"));
  EXPECT_EQ(words[0].box, (Rect{200, 500, 150, 60}));
}

TEST(WordsOfFields, an_empty_comb_says_nothing_and_a_read_line_its_own_words) {
  Reading empty;
  empty.field = "naam";
  Reading line = reading("ter Horst", "ter Horst");
  line.words = {{"ter", {1, 2, 3, 4}, 0.8, 0, 0}, {"Horst", {5, 2, 3, 4}, 0.7, 0, 0}};
  EXPECT_THAT(words_of_fields(form_with_comb(5), {empty}, lying()), IsEmpty());
  EXPECT_THAT(texts(words_of_fields(form_with_comb(5), {line}, lying())),
              ElementsAre("ter", "Horst"));
}

TEST(PageWords, stand_in_lines_from_left_to_right_whoever_found_them) {
  const std::vector<forms::PrintedWord> printed{
      {"Onder", {20, 80, 20, 4}}, {"Naam", {20, 50, 15, 4}}, {"Datum", {100, 50.8, 15, 4}}};
  const auto page =
      page_words(printed, {{"Jansen", {500, 505, 200, 40}, 0.9, 0, 0}}, lying(), 2100, 2970);
  EXPECT_THAT(texts(page.words), ElementsAre("Naam", "Jansen", "Datum", "Onder"));
  EXPECT_EQ(page.words[0].line, 0);
  EXPECT_EQ(page.words[3].line, 1);
  EXPECT_EQ(page.words[0].box, (Rect{200, 500, 150, 40}));
  EXPECT_EQ(page.turn, QuarterTurn::none);
}

TEST(PageWords, of_a_page_upside_down_lie_upside_down_and_say_so) {
  const auto page =
      page_words({{"Naam", {20, 50, 15, 4}}}, {}, lying(QuarterTurn::half), 2100, 2970);
  ASSERT_THAT(texts(page.words), ElementsAre("Naam"));
  EXPECT_EQ(page.words[0].box, (Rect{1750, 2430, 150, 40}));
  EXPECT_EQ(page.turn, QuarterTurn::half);
}

TEST(PageWords, that_lie_beside_the_picture_are_left_out) {
  const auto page = page_words({{"Naam", {205, 50, 15, 4}}}, {}, lying(), 2100, 2970);
  EXPECT_THAT(page.words, IsEmpty());
}

}  // namespace
}  // namespace postkamer::workers
