// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/validate/letter.h"

#include <map>

#include <gmock/gmock.h>

#include "pipeline/validate/letter_head.h"
#include "pipeline/validate/letter_sender.h"

namespace postkamer::validate {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

// A page whose lines are given as text; a word is 10 px a character, lines are 40 px apart. Two or
// more spaces in a row move the next word to the right.
PageWords page(const std::vector<std::string>& lines, int number = 1) {
  PageWords out;
  out.page = number;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    std::size_t at = 0;
    while ((at = lines[i].find_first_not_of(' ', at)) != std::string::npos) {
      const std::size_t end = std::min(lines[i].find(' ', at), lines[i].size());
      Word word;
      word.text = lines[i].substr(at, end - at);
      word.box = {10.0 * static_cast<double>(at), 40.0 * static_cast<double>(i),
                  10.0 * static_cast<double>(end - at), 25.0};
      word.confidence = 0.95;
      word.line = static_cast<int>(i);
      out.words.push_back(word);
      at = end;
    }
  }
  return out;
}

// What patterns find, without what the letter says of itself.
std::vector<std::pair<std::string, std::string>> found(const std::vector<std::string>& lines) {
  std::vector<std::pair<std::string, std::string>> out;
  for (const FieldResult& each : find_in_letter({page(lines)}))
    if (!each.field.starts_with("sender_") && each.field != "letter_date" &&
        each.field != "addressee_reference" && each.field != "subject")
      out.emplace_back(each.field, std::get<std::string>(each.value));
  return out;
}

TEST(Letter, finds_what_a_letter_says_about_itself) {
  EXPECT_THAT(
      found({"Gemeente Ergens", "Postbus 1, 1234 AB Ergens", "Ergens, 3 mei 2026",
             "Uw kenmerk: ZAAK-2026-0000000001", "Mijn BSN is 123456782 en mijn rekening",
             "NL91 ABNA 0417 1643 00 staat op mijn naam.", "Bel 06-12345678 of jan@voorbeeld.nl"}),
      ElementsAre(Pair("postcode", "1234 AB"), Pair("date", "2026-05-03"),
                  Pair("reference", "ZAAK-2026-0000000001"), Pair("bsn", "123456782"),
                  Pair("iban", "NL91ABNA0417164300"), Pair("phone", "+31612345678"),
                  Pair("email", "jan@voorbeeld.nl")));
}

TEST(Letter, numbers_what_occurs_more_than_once_and_tells_repeats_once) {
  EXPECT_THAT(found({"Van 3-5-2026 tot 4-5-2026", "Nogmaals: 3 mei 2026"}),
              ElementsAre(Pair("date", "2026-05-03"), Pair("date_2", "2026-05-04")));
}

TEST(Letter, weeds_out_chance_hits_with_check_digits) {
  EXPECT_THAT(
      found({"Dossier 123456789 en NL91 ABNA 0417 1643 01", "31-02-2026, 0123 AB, 2611 SS"}),
      IsEmpty());
}

TEST(Letter, knows_references_by_their_label) {
  EXPECT_THAT(found({"Ons kenmerk 2026/417-B"}), ElementsAre(Pair("reference", "2026/417-B")));
  EXPECT_THAT(found({"Factuurnummer: F2026.00123"}), ElementsAre(Pair("reference", "F2026.00123")));
  EXPECT_THAT(found({"Zaaknummer Z02-39849384"}), ElementsAre(Pair("reference", "Z02-39849384")));
  EXPECT_THAT(found({"inzake OF-AB7634HJ."}), ElementsAre(Pair("reference", "OF-AB7634HJ")));
  EXPECT_THAT(found({"Uw kenmerk: geen"}), IsEmpty());
}

TEST(Letter, finds_references_below_their_labels) {
  EXPECT_THAT(found({"Uw kenmerk      Ons kenmerk     Datum",  //
                     "B-2026-17       Z/26/004        3 mei 2026"}),
              ElementsAre(Pair("reference", "B-2026-17"), Pair("reference_2", "Z/26/004"),
                          Pair("date", "2026-05-03")));
}

TEST(Letter, stops_an_account_number_where_it_ends) {
  EXPECT_THAT(found({"IBAN BE71 0961 2345 6769 KBC Brussel"}),
              ElementsAre(Pair("iban", "BE71096123456769")));
}

TEST(Letter, says_where_it_stood_and_how_sure_it_is) {
  PageWords second = page({"", "op 3 mei 2026 kwam"}, 2);
  second.words[2].confidence = 0.5;
  const auto out = find_in_letter({page({"Geachte heer"}), second});
  ASSERT_EQ(out.size(), 1u);
  EXPECT_EQ(out[0].page, 2);
  EXPECT_EQ(out[0].box, (Rect{30, 40, 100, 25}));
  EXPECT_EQ(out[0].method, Method::keyword);
  EXPECT_LE(out[0].probability, 0.5) << "no surer than its least sure word";
  EXPECT_FALSE(out[0].accepted);
  EXPECT_EQ(out[0].raw, "3 mei 2026");
}

TEST(Letter, is_less_sure_of_a_number_without_its_name) {
  const auto named = find_in_letter({page({"BSN: 123456782"})});
  const auto bare = find_in_letter({page({"nummer 123456782"})});
  ASSERT_EQ(named.size(), 1u);
  ASSERT_EQ(bare.size(), 1u);
  EXPECT_GT(named[0].probability, bare[0].probability + 0.2);
}

TEST(Letter, finds_nothing_in_nothing) {
  EXPECT_THAT(find_in_letter({}), IsEmpty());
  EXPECT_THAT(found({"", "Met vriendelijke groet,", "."}), IsEmpty());
}

// What the letter says of itself.
std::map<std::string, std::string> told(const std::vector<std::string>& lines) {
  std::map<std::string, std::string> out;
  const PageWords letter = page(lines);
  const auto pieces = pieces_of(letter.words);
  for (const auto& results : {find_sender(pieces, 1), find_head(pieces, 1)})
    for (const FieldResult& each : results) out[each.field] = std::get<std::string>(each.value);
  return out;
}

const std::vector<std::string> kLetter{"J.P. van der Meer",
                                       "Oude Molenweg 12a",
                                       "8011 CD  Zwolle",
                                       "06-12345678",
                                       "",
                                       "Gemeente Waterdam",
                                       "Afdeling Burgerzaken",
                                       "Postbus 40",
                                       "4990 AA  Waterdam",
                                       "",
                                       "Zwolle, 3 mei 2026",
                                       "",
                                       "Uw kenmerk: BZW-2026-0417",
                                       "Betreft: bezwaar tegen uw besluit van 1 april 2026",
                                       "",
                                       "Geachte heer, mevrouw,",
                                       "",
                                       "Op 1 april 2026 kreeg ik een besluit.",
                                       "",
                                       "Met vriendelijke groet,",
                                       "",
                                       "J.P. van der Meer"};

TEST(Letter, tells_sender_date_reference_and_subject) {
  EXPECT_THAT(
      told(kLetter),
      testing::UnorderedElementsAre(
          Pair("sender_name", "J.P. van der Meer"), Pair("sender_address", "Oude Molenweg 12a"),
          Pair("sender_postcode", "8011 CD"), Pair("sender_place", "Zwolle"),
          Pair("letter_date", "2026-05-03"), Pair("addressee_reference", "BZW-2026-0417"),
          Pair("subject", "bezwaar tegen uw besluit van 1 april 2026")));
}

TEST(Letter, takes_the_addressee_for_nobody_else) {
  const auto out = told({"Gemeente Waterdam", "Postbus 40", "4990 AA Waterdam", "",
                         "Beste gemeente,", "", "Hallo daar", "", "Groeten,", "", "Anna de Wit"});
  EXPECT_THAT(out, testing::UnorderedElementsAre(Pair("sender_name", "Anna de Wit")));
}

TEST(Letter, knows_an_address_to_which_another_name_at_the_end_does_not_belong) {
  const auto out = told({"Bewonersvereniging Oost", "", "M.N. Stegeman", "Tuinstraat 4",
                         "6812 XC Arnhem", "", "Datum: 29 maart 2026 Ons kenmerk: 53849", "",
                         "Geachte heer,", "", "Met vriendelijke groet,", "", "R. Bouwhuis"});
  EXPECT_THAT(out, testing::UnorderedElementsAre(Pair("sender_name", "Bewonersvereniging Oost"),
                                                 Pair("letter_date", "2026-03-29"),
                                                 Pair("sender_reference", "53849")));
}

TEST(Letter, takes_no_part_of_a_word_for_a_label) {
  EXPECT_THAT(told({"Rembrandtlaan 142", "Relatienummer 8", "Reactie ontvangen"}), IsEmpty());
}

TEST(Letter, reads_a_head_in_one_line) {
  const auto out = told({"Jansen Tuinen - Kerkstraat 12 - 8011 AB Zwolle"});
  EXPECT_EQ(out.at("sender_name"), "Jansen Tuinen");
  EXPECT_EQ(out.at("sender_address"), "Kerkstraat 12");
  EXPECT_EQ(out.at("sender_place"), "Zwolle");
}

TEST(Letter, takes_no_date_of_the_text_or_of_a_stamp_for_its_own) {
  EXPECT_THAT(told({"Geachte heer,", "Op 3 mei 2026 was ik jarig.", "INGEKOMEN", "12 nov 2026"}),
              IsEmpty());
  const auto columns = told({"Uw kenmerk      Datum", "B-2026-17       3 mei 2026"});
  EXPECT_EQ(columns.at("letter_date"), "2026-05-03");
  EXPECT_EQ(columns.at("addressee_reference"), "B-2026-17");
}

TEST(Letter, is_read_whichever_way_the_page_was_fed) {
  PageWords turned = page(kLetter);
  for (Word& word : turned.words)  // a quarter turn clockwise on a page 1000 px high
    word.box = {1000 - word.box.bottom(), word.box.x, word.box.height, word.box.width};
  const auto pieces = pieces_of(turned.words);
  const auto sender = find_sender(pieces, 1);
  ASSERT_EQ(sender.size(), 4u);
  EXPECT_EQ(std::get<std::string>(sender[0].value), "J.P. van der Meer");
  EXPECT_EQ(sender[0].box, united(turned.words[0].box, turned.words[3].box)) << "original px";
}

TEST(FullText, keeps_lines_and_pages) {
  EXPECT_EQ(full_text({page({"Geachte heer,", "Hierbij"}), page({"Bijlage"}, 2)}),
            "Geachte heer,\nHierbij\n\f\nBijlage");
  EXPECT_EQ(full_text({}), "");
  EXPECT_EQ(full_text({page({"a"}), page({}, 2)}), "a\n\f\n");
}

}  // namespace
}  // namespace postkamer::validate
