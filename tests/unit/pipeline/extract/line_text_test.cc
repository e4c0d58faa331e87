// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/extract/line_text.h"

#include <gtest/gtest.h>

namespace postkamer::extract {
namespace {

using forms::FieldType;

TEST(LineText, drops_a_mark_that_stands_alone_at_an_end) {
  EXPECT_EQ(corrected("Toyota |", FieldType::text), "Toyota");
  EXPECT_EQ(corrected("' Zwolle \\", FieldType::text), "Zwolle");
  EXPECT_EQ(corrected("NRW)", FieldType::text), "NRW");
  EXPECT_EQ(corrected("Rijswijk (GLD)", FieldType::text), "Rijswijk (GLD)");
  EXPECT_EQ(corrected("|", FieldType::text), "|") << "what is all there is stays";
  EXPECT_EQ(corrected("3 -", FieldType::text), "3 -") << "a dash may be meant";
}

TEST(LineText, knows_initials_and_ordinals) {
  EXPECT_EQ(corrected("0. Verhagen", FieldType::text), "O. Verhagen");
  EXPECT_EQ(corrected("0.C. Verhagen", FieldType::text), "O.C. Verhagen");
  EXPECT_EQ(corrected("C.0. Verhagen", FieldType::text), "C.O. Verhagen");
  EXPECT_EQ(corrected("P, de Meer", FieldType::text), "P. de Meer");
  EXPECT_EQ(corrected("S.B, van der Dijk", FieldType::text), "S.B. van der Dijk");
  EXPECT_EQ(corrected("le Dwarsstraat", FieldType::text), "1e Dwarsstraat");
  EXPECT_EQ(corrected("Ie Jan van der Heijdenstraat 12", FieldType::text),
            "1e Jan van der Heijdenstraat 12");
}

TEST(LineText, leaves_what_people_do_write) {
  for (const char* text :
       {"Verhagen, O.", "le chat", "le Clercq", "le Grand Weg", "10. Verhagen", "Jan, Piet",
        "Kerkstraat 12a", "Ik ben het niet eens, nee", "", "A. de Vries"})
    EXPECT_EQ(corrected(text, FieldType::text), text);
  EXPECT_EQ(corrected("0. Verhagen", FieldType::capitals), "0. Verhagen");
}

TEST(LineText, knows_providers_of_post_boxes_by_one_wrong_letter) {
  EXPECT_EQ(corrected("jan14@ziogo.nl", FieldType::email), "jan14@ziggo.nl");
  EXPECT_EQ(corrected("jan@ziggo.nl", FieldType::email), "jan@ziggo.nl");
  EXPECT_EQ(corrected("jan@zaaga.nl", FieldType::email), "jan@zaaga.nl");
  EXPECT_EQ(corrected("jan@love.nl", FieldType::email), "jan@love.nl") << "short names are real";
  EXPECT_EQ(corrected("jan", FieldType::email), "jan");
}

}  // namespace
}  // namespace postkamer::extract
