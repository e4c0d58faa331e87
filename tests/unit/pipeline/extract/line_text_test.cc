// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/extract/line_text.h"

#include <gtest/gtest.h>

namespace postkamer::extract {
namespace {

using forms::FieldType;

std::string text_of(std::string_view text, FieldType type) { return corrected(text, type).text; }

TEST(LineText, drops_a_mark_that_stands_alone_at_an_end) {
  EXPECT_EQ(text_of("Toyota |", FieldType::text), "Toyota");
  EXPECT_EQ(text_of("' Zwolle \\", FieldType::text), "Zwolle");
  EXPECT_EQ(text_of("NRW)", FieldType::text), "NRW");
  EXPECT_EQ(text_of("Rijswijk (GLD)", FieldType::text), "Rijswijk (GLD)");
  EXPECT_EQ(text_of("|", FieldType::text), "|") << "what is all there is stays";
  EXPECT_EQ(text_of("3 -", FieldType::text), "3 -") << "a dash may be meant";
}

TEST(LineText, knows_initials_and_ordinals) {
  EXPECT_EQ(text_of("0. Verhagen", FieldType::text), "O. Verhagen");
  EXPECT_EQ(text_of("0.C. Verhagen", FieldType::text), "O.C. Verhagen");
  EXPECT_EQ(text_of("C.0. Verhagen", FieldType::text), "C.O. Verhagen");
  EXPECT_EQ(text_of("P, de Meer", FieldType::text), "P. de Meer");
  EXPECT_EQ(text_of("S.B, van der Dijk", FieldType::text), "S.B. van der Dijk");
  EXPECT_EQ(text_of("le Dwarsstraat", FieldType::text), "1e Dwarsstraat");
  EXPECT_EQ(text_of("Ie Jan van der Heijdenstraat 12", FieldType::text),
            "1e Jan van der Heijdenstraat 12");
}

TEST(LineText, leaves_what_people_do_write) {
  for (const char* text :
       {"Verhagen, O.", "le chat", "le Clercq", "le Grand Weg", "10. Verhagen", "Jan, Piet",
        "Kerkstraat 12a", "Ik ben het niet eens, nee", "", "A. de Vries"})
    EXPECT_EQ(text_of(text, FieldType::text), text);
  EXPECT_EQ(text_of("0. Verhagen", FieldType::capitals), "0. Verhagen");
}

TEST(LineText, knows_providers_of_post_boxes_by_one_wrong_letter) {
  EXPECT_EQ(text_of("jan14@ziogo.nl", FieldType::email), "jan14@ziggo.nl");
  EXPECT_EQ(text_of("jan@ziggo.nl", FieldType::email), "jan@ziggo.nl");
  EXPECT_EQ(text_of("jan@zaaga.nl", FieldType::email), "jan@zaaga.nl");
  EXPECT_EQ(text_of("jan@love.nl", FieldType::email), "jan@love.nl") << "short names are real";
  EXPECT_EQ(text_of("jan@kpnmail.n", FieldType::email), "jan@kpnmail.nl") << "the last one missing";
  EXPECT_EQ(text_of("jan@kpnmail.", FieldType::email), "jan@kpnmail.");
  EXPECT_EQ(text_of("jan", FieldType::email), "jan");
}

TEST(LineText, takes_a_space_between_letters_of_an_address_for_a_low_line) {
  EXPECT_EQ(text_of("jan de vis@ziggo.nl", FieldType::email), "jan_de_vis@ziggo.nl");
  EXPECT_EQ(text_of("jan de vis", FieldType::email), "jan de vis") << "no address at all";
}

TEST(LineText, closes_other_gaps_in_an_address) {
  EXPECT_EQ(text_of("jan. vis 3 @ziggo. nl", FieldType::email), "jan.vis3@ziggo.nl");
  EXPECT_EQ(text_of("jan @ ziggo.nl", FieldType::email), "jan@ziggo.nl");
}

TEST(LineText, says_what_it_guessed) {
  EXPECT_EQ(corrected("jan@ziogo.nl", FieldType::email).guess, "email_domain_guessed");
  EXPECT_EQ(corrected("jan vis@ziggo.nl", FieldType::email).guess, "email_low_line_guessed");
  EXPECT_EQ(corrected("jan @ziggo.nl", FieldType::email).guess, "") << "there is no other way";
  EXPECT_EQ(corrected("Toyota |", FieldType::text).guess, "");
}

TEST(LineText, takes_over_the_full_stop_of_a_line_of_prose) {
  EXPECT_EQ(with_full_stop("is een week uitgesteld", "is eem veek uitgesteld."),
            "is een week uitgesteld.");
  EXPECT_EQ(with_full_stop("na 18 uur.", "na 18 uur."), "na 18 uur.");
  EXPECT_EQ(with_full_stop("liever niet,", "liever niet."), "liever niet,");
  EXPECT_EQ(with_full_stop("op het oude", "op het oude"), "op het oude");
  EXPECT_EQ(with_full_stop("", "."), "");
}

}  // namespace
}  // namespace postkamer::extract
