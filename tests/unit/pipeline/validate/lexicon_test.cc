// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/validate/lexicon.h"

#include <gmock/gmock.h>

#include "pipeline/validate/lexicon_match.h"

namespace postkamer::validate {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

Lexicon places() {
  return Lexicon({{"Zwolle", 3, {{8011, 8045}}},
                  {"'s-Gravenhage", 9, {{2491, 2599}}},
                  {"Ede", 2, {{6711, 6718}}},
                  {"Epe", 1, {{8161, 8162}}},
                  {"Krimpen aan den IJssel", 1, {{2921, 2926}}},
                  {"Venlo", 2, {{5911, 5928}}},
                  {"Velp", 1, {{6880, 6883}}}},
                 0.97);
}

forms::Field field_with(const char* lexicon, forms::FieldType type = forms::FieldType::text) {
  forms::Field field;
  field.name = "woonplaats";
  field.type = type;
  field.lexicon = lexicon;
  return field;
}

Judged judged_as(const std::string& value, double probability) {
  Judged out;
  out.value = value;
  out.probability = probability;
  return out;
}

Judged read_as(const std::string& value, double probability, const Lexicon& lexicon) {
  Judged out = judged_as(value, probability);
  Reading reading;
  reading.method = Method::printed_text;
  apply_lexicon(field_with("list"), reading, {{"list", lexicon}}, out);
  return out;
}

std::string text(const Judged& judged) { return std::get<std::string>(judged.value); }

CharacterCell cell(std::initializer_list<std::pair<char, double>> candidates, double empty = 0.0) {
  CharacterCell out;
  for (const auto& [c, p] : candidates) out.candidates.push_back({std::string(1, c), p});
  out.empty_probability = empty;
  return out;
}

TEST(Key, is_what_spellings_have_in_common) {
  EXPECT_EQ(key_of("'S-GRAVENHAGE"), "sgravenhage");
  EXPECT_EQ(key_of("Sint Odiliënberg"), "sintodilienberg");
  EXPECT_EQ(key_of("Kr\u0133t\u00f8\u0161"), "krijtos");
  EXPECT_EQ(key_of(" -.,€ "), "");
  EXPECT_EQ(key_of("\xC3"), "") << "half a character";
}

TEST(Lexicon, finds_by_key_and_adds_up_equal_keys) {
  const Lexicon lexicon({{"Den Haag", 1, {}}, {"DENHAAG", 2, {}}, {"Ede", 1, {}}, {"-", 1, {}}},
                        0.9);
  EXPECT_EQ(lexicon.size(), 2u);
  ASSERT_NE(lexicon.find("denhaag"), nullptr);
  EXPECT_EQ(lexicon.find("denhaag")->text, "Den Haag");
  EXPECT_EQ(lexicon.find("denhaag")->weight, 3.0);
  EXPECT_EQ(lexicon.find("denhaa"), nullptr);
  EXPECT_EQ(lexicon.find("denhaagxxxxxxxxxxxxxx"), nullptr);
  EXPECT_EQ(lexicon.find(""), nullptr);
  EXPECT_EQ(Lexicon().find("ede"), nullptr);
}

TEST(Lexicon, holds_a_listed_word_for_surer_than_the_reading_was) {
  const Judged out = read_as("ZWOLLE", 0.90, places());
  EXPECT_EQ(text(out), "Zwolle") << "as the list spells it";
  EXPECT_GT(out.probability, 0.99);
  EXPECT_THAT(out.notices, IsEmpty());
}

TEST(Lexicon, replaces_a_misreading_and_says_so) {
  const Judged out = read_as("Zwo1le", 0.80, places());
  EXPECT_EQ(text(out), "Zwolle");
  EXPECT_GT(out.probability, 0.95);
  EXPECT_THAT(out.notices, ElementsAre("read_by_lexicon"));
  EXPECT_EQ(text(read_as("Krimpen aan den |Jsse1", 0.7, places())), "Krimpen aan den IJssel");
}

TEST(Lexicon, leaves_a_word_that_is_not_listed_as_it_was_read) {
  const Judged out = read_as("Waterdam", 0.97, places());
  EXPECT_EQ(text(out), "Waterdam");
  EXPECT_LE(out.probability, 0.97) << "a list cannot vouch for what it does not hold";
  EXPECT_GT(out.probability, 0.8);
  EXPECT_THAT(out.notices, ElementsAre("not_in_lexicon"));
}

TEST(Lexicon, is_careful_with_short_words_that_are_near_others) {
  const Judged out = read_as("Ebe", 0.75, places());
  EXPECT_LT(out.probability, 0.9) << "Ede or Epe or another place";
}

TEST(Key, has_capitals_with_their_marks) {
  EXPECT_EQ(in_capitals("Noël d'Été 2e"), "NOËL D'ÉTÉ 2E");
  EXPECT_EQ(in_capitals("łódź ıĳ ÿ ß ÷ ž"), "ŁÓDŹ ıĲ Ÿ ß ÷ Ž");
  EXPECT_EQ(in_capitals("KRĲTØŠ ŸŻ"), "KRĲTØŠ ŸŻ");
  EXPECT_EQ(in_capitals("a\xC3"), "A\xC3") << "half a character";
}

TEST(Lexicon, keeps_every_spelling_of_a_key) {
  const Lexicon lexicon({{"de Wit", 1, {}}, {"Dewit", 1, {}}, {"de Wit", 1, {}}, {"Ede", 1, {}}},
                        0.9);
  EXPECT_THAT(lexicon.spellings("dewit"), ElementsAre("de Wit", "Dewit"));
  EXPECT_THAT(lexicon.spellings("ede"), ElementsAre("Ede"));
  EXPECT_THAT(lexicon.spellings("epe"), IsEmpty());
}

TEST(Lexicon, respells_no_name_that_was_read) {
  const Lexicon names(
      {{"Abd El-Rahman", 1, {}}, {"de Wit", 1, {}}, {"Dewit", 1, {}}, {"A-Kan", 1, {}}}, 0.9);
  for (const char* name : {"Abdelrahman", "Dewit", "de Wit", "Akan", "A-Kan"}) {
    const Judged out = read_as(name, 0.98, names);
    EXPECT_EQ(text(out), name);
    EXPECT_THAT(out.notices, IsEmpty()) << name;
  }
  EXPECT_EQ(text(read_as("DEWIT", 0.98, names)), "Dewit");
  EXPECT_EQ(text(read_as("DE WIT", 0.98, names)), "de Wit");
  EXPECT_EQ(text(read_as("Dew1t", 0.8, names)), "Dewit") << "the spelling that is nearest";
  EXPECT_EQ(text(read_as("de W1t", 0.8, names)), "de Wit");
}

TEST(Lexicon, does_not_vouch_for_spaces_that_it_has_otherwise) {
  const Lexicon names({{"van der Berg", 1, {}}}, 0.9);
  const Judged out = read_as("vanderberg", 0.95, names);
  EXPECT_EQ(text(out), "vanderberg");
  EXPECT_LE(out.probability, 0.95);
  ASSERT_EQ(out.alternatives.size(), 2u);
  EXPECT_EQ(out.alternatives[1].text, "van der Berg");
  EXPECT_GT(read_as("VAN DER BERG", 0.95, names).probability, 0.99);
}

TEST(Lexicon, leaves_accents_and_spaces_that_the_list_lacks) {
  const Lexicon names({{"Noel", 1, {}}, {"Derijk", 1, {}}}, 0.9);
  EXPECT_EQ(text(read_as("Noël", 0.99, names)), "Noël");
  EXPECT_EQ(text(read_as("DE RIJK", 0.98, names)), "DE RIJK");
}

TEST(Lexicon, drops_no_word_that_was_read) {
  const Lexicon names({{"Pereira", 1, {}}, {"Sa", 1, {}}}, 0.9);
  EXPECT_EQ(text(read_as("Sá Pereira", 0.97, names)), "Sá Pereira");
  EXPECT_EQ(text(read_as("Pereira .", 0.97, names)), "Pereira") << "a speck is no word";
}

TEST(Lexicon, a_word_in_cells_is_not_doubted_for_longer_ones_in_the_list) {
  const Lexicon names({{"Boer", 1, {}},
                       {"Boers", 1, {}},
                       {"Boere", 1, {}},
                       {"Boeer", 1, {}},
                       {"Booer", 1, {}},
                       {"Oer", 1, {}},
                       {"Boe", 1, {}}},
                      0.9);
  const LexiconMatch match =
      match_cells(names, {cell({{'B', 0.999}}), cell({{'O', 0.999}}), cell({{'E', 0.999}}),
                          cell({{'R', 0.999}}), cell({}, 0.999)});
  EXPECT_EQ(match.entries.at(0).text, "Boer");
  EXPECT_GT(match.entries.at(0).probability, 0.99);
}

TEST(Lexicon, keeps_the_house_number_behind_a_street) {
  const Lexicon streets({{"Kerkstraat", 1, {}}, {"Plein 1944", 1, {}}, {"2e Kruisweg", 1, {}}},
                        0.97);
  EXPECT_EQ(text(read_as("KERKSTRAAI 12a", 0.85, streets)), "Kerkstraat 12a");
  EXPECT_EQ(text(read_as("Plein 1944 118", 0.9, streets)), "Plein 1944 118");
  EXPECT_EQ(text(read_as("2e Kruisweg 7-2", 0.9, streets)), "2e Kruisweg 7-2");
  EXPECT_EQ(text(read_as("Plein 1944", 0.9, streets)), "Plein 1944");
  const Judged sure = read_as("Kerkstraat 12", 0.90, streets);
  EXPECT_LE(sure.probability, 0.90) << "nobody vouches for the number";
  EXPECT_GT(sure.probability, 0.89);
}

TEST(Lexicon, keeps_other_readings_of_a_house_number) {
  Judged out = judged_as("KERKSTRAAT 12", 0.7);
  out.alternatives = {{"KERKSTRAAT 12", 0.7}, {"Kerkstraat 17", 0.2}, {"Kerkpad 12", 0.05}};
  Reading reading;
  reading.method = Method::printed_text;
  apply_lexicon(field_with("list"), reading, {{"list", Lexicon({{"Kerkstraat", 1, {}}}, 0.97)}},
                out);
  EXPECT_EQ(text(out), "Kerkstraat 12");
  ASSERT_EQ(out.alternatives.size(), 2u);
  EXPECT_EQ(out.alternatives[0].text, "Kerkstraat 12");
  EXPECT_EQ(out.alternatives[1].text, "Kerkstraat 17");
  EXPECT_EQ(out.alternatives[1].probability, 0.2);
}

TEST(Lexicon, chooses_between_the_candidates_of_cells) {
  const std::vector<CharacterCell> cells{cell({{'V', 0.9}, {'U', 0.1}}), cell({{'E', 0.95}}),
                                         cell({{'I', 0.5}, {'L', 0.4}}),
                                         cell({{'P', 0.8}, {'R', 0.1}}), cell({}, 0.98)};
  const LexiconMatch match = match_cells(places(), cells);
  ASSERT_FALSE(match.entries.empty());
  EXPECT_EQ(match.entries[0].text, "Velp");
  EXPECT_GT(match.entries[0].probability, 0.98);
}

TEST(Lexicon, keeps_capitals_in_a_field_of_capitals) {
  Judged out = judged_as("VEIP", 0.5);
  Reading reading;
  reading.cells = {cell({{'V', 0.9}}), cell({{'E', 0.95}}), cell({{'I', 0.5}, {'L', 0.4}}),
                   cell({{'P', 0.8}})};
  apply_lexicon(field_with("list", forms::FieldType::capitals), reading, {{"list", places()}}, out);
  EXPECT_EQ(text(out), "VELP");
  EXPECT_THAT(out.notices, ElementsAre("read_by_lexicon"));
}

TEST(Lexicon, keeps_the_capitals_of_a_name_with_accents) {
  const Lexicon names({{"Noël", 1, {}}, {"Anna", 1, {}}}, 0.9);
  const auto read = [&](char last) {
    Judged out = judged_as(std::string("NOE") + last, 0.9);
    Reading reading;
    reading.cells = {cell({{'N', 0.99}}), cell({{'O', 0.99}}), cell({{'E', 0.99}}),
                     cell({{last, 0.5}, {'L', 0.4}})};
    apply_lexicon(field_with("list", forms::FieldType::capitals), reading, {{"list", names}}, out);
    return text(out);
  };
  EXPECT_EQ(read('L'), "NOEL") << "cells show no accents";
  EXPECT_EQ(read('I'), "NOËL");
}

TEST(Lexicon, says_nothing_without_a_list_or_to_a_person) {
  Judged out = judged_as("Zwo1le", 0.80);
  Reading reading;
  apply_lexicon(field_with("other"), reading, {{"list", places()}}, out);
  EXPECT_EQ(text(out), "Zwo1le");
  reading.method = Method::person;
  apply_lexicon(field_with("list"), reading, {{"list", places()}}, out);
  EXPECT_EQ(text(out), "Zwo1le");
  EXPECT_EQ(out.probability, 0.80);
}

TEST(Lexicon, probabilities_of_a_match_sum_to_at_most_one) {
  for (const char* word : {"Ede", "Ebe", "Venlo", "Venl0", "Utrecht", "x"}) {
    const LexiconMatch match = match_texts(places(), {{word, 0.7}, {"Velp", 0.1}});
    double sum = match.unlisted;
    for (const Alternative& each : match.entries) sum += each.probability;
    EXPECT_NEAR(sum, 1.0, 1e-9) << word;
  }
}

// Words of eight syllables' worth of variety, made by counting.
Lexicon large_list(std::size_t count) {
  constexpr const char* kSyllables[] = {"ka", "ber", "lo",  "dij", "stra", "we", "nu",  "mer",
                                        "ti", "zon", "hol", "ve",  "gra",  "pi", "sch", "eu"};
  std::vector<LexiconEntry> entries;
  for (std::size_t i = 0; i < count; ++i) {
    std::string word;
    for (std::size_t rest = i + 4096; rest > 0; rest /= 16) word += kSyllables[rest % 16];
    entries.push_back({word, 1.0, {}});
  }
  return Lexicon(std::move(entries), 0.9);
}

TEST(Lexicon, looks_at_the_right_word_among_two_hundred_thousand) {
  const Lexicon lexicon = large_list(200'000);
  ASSERT_EQ(lexicon.size(), 200'000u);
  int among = 0;
  for (std::size_t i = 0; i < 200; ++i) {
    const std::size_t at = (i * 7919 + 13) % lexicon.size();
    std::string read = lexicon.key(at);
    read[i % read.size()] = 'q';
    read.erase((i * 3 + 1) % read.size(), i % 2);
    const auto near = lexicon.near(read, "", 384);
    among += std::ranges::find(near, at) != near.end();
  }
  EXPECT_GE(among, 196) << "of 200 words with one or two characters wrong";
}

}  // namespace
}  // namespace postkamer::validate
