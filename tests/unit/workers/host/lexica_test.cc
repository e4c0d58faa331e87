// SPDX-License-Identifier: EUPL-1.2
#include "workers/host/lexica.h"

#include <gmock/gmock.h>

namespace postkamer::host {
namespace {

validate::Lexicon parsed(std::string_view csv, const LexiconSettings& settings = {}) {
  auto lexicon = parse_lexicon(csv, settings);
  EXPECT_TRUE(lexicon) << lexicon.error().message;
  return lexicon ? std::move(*lexicon) : validate::Lexicon();
}

std::string mistake_in(std::string_view csv, const LexiconSettings& settings = {}) {
  const auto lexicon = parse_lexicon(csv, settings);
  return lexicon ? "" : lexicon.error().message;
}

TEST(Lexica, a_list_has_words_weights_and_postcodes) {
  const auto lexicon = parsed(
      "\xEF\xBB\xBF"
      "naam;gewicht;postcodes\r\n"
      "Zwolle;3;8011-8045 8051\r\n"
      "\"Den \"\"Ham\"\"; oud\";1;\n"
      ";;\n"
      "Ede;;6711 AB");
  EXPECT_EQ(lexicon.size(), 3u);
  const auto* zwolle = lexicon.find("zwolle");
  ASSERT_NE(zwolle, nullptr);
  EXPECT_EQ(zwolle->weight, 3.0);
  EXPECT_THAT(zwolle->postcodes, testing::ElementsAre(validate::PostcodeRange{8011, 8045},
                                                      validate::PostcodeRange{8051, 8051}));
  ASSERT_NE(lexicon.find("denhamoud"), nullptr);
  EXPECT_EQ(lexicon.find("denhamoud")->text, "Den \"Ham\"; oud");
  EXPECT_EQ(lexicon.find("ede")->postcodes.size(), 1u);
}

TEST(Lexica, a_list_of_addresses_is_a_list_of_streets) {
  LexiconSettings settings;
  settings.column = "Straatnaam";
  const auto lexicon = parsed(
      "postcode,straatnaam,nummer\n8011AB,Kerkstraat,1\n8011AB,Kerkstraat,3\n8011AC,Plein,2\n",
      settings);
  EXPECT_EQ(lexicon.size(), 2u);
  EXPECT_EQ(lexicon.find("kerkstraat")->weight, 2.0);
}

TEST(Lexica, one_column_without_separators_is_enough) {
  EXPECT_EQ(parsed("achternaam\nJansen\nDe Vries\n").size(), 2u);
}

TEST(Lexica, what_is_no_list_is_refused_with_the_way_out) {
  LexiconSettings settings;
  settings.column = "straat";
  EXPECT_THAT(mistake_in("naam\nEde\n", settings), testing::HasSubstr("\"straat\""));
  EXPECT_THAT(mistake_in("naam\nEd\xE9\n"), testing::HasSubstr("UTF-8"));
  EXPECT_THAT(mistake_in(""), testing::HasSubstr("no words"));
  EXPECT_THAT(mistake_in("naam\n"), testing::HasSubstr("no words"));
}

TEST(Lexica, a_file_that_is_not_there_is_told) {
  Settings settings;
  settings.lexica["places"].file = "/nowhere/plaatsen.csv";
  const auto lexica = load_lexica(settings);
  ASSERT_FALSE(lexica);
  EXPECT_THAT(lexica.error().message, testing::HasSubstr("/nowhere/plaatsen.csv"));
  EXPECT_TRUE(load_lexica(Settings())->empty());
}

}  // namespace
}  // namespace postkamer::host
