// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/forms/meaning.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/pipeline/forms/sample_form.h"

namespace postkamer::forms {
namespace {

using samples::spoiled;
using testing::ElementsAre;

std::vector<std::string> mistakes_in(const std::string& toml) {
  const auto form = load_form(toml, "form.toml");
  std::vector<std::string> texts;
  if (!form)
    for (const Mistake& mistake : form.error()) texts.push_back(text_of(mistake));
  return texts;
}

TEST(Meaning, a_box_must_lie_on_its_page) {
  EXPECT_THAT(
      mistakes_in(spoiled("box = [18, 110, 174, 24]", "box = [18, 110, 200, 24]")),
      ElementsAre("form.toml:42:7: box [18.0, 110.0, 200.0, 24.0] is not on page 1, which is "
                  "210 by 297 mm"));
  EXPECT_THAT(mistakes_in(spoiled("box = [18, 110, 174, 24]", "box = [18, 110, nan, 24]")),
              ElementsAre(testing::HasSubstr("box needs a width and a height of 0 or more")));
}

TEST(Meaning, two_fields_cannot_have_one_name) {
  EXPECT_THAT(mistakes_in(spoiled("name = \"akkoord\"", "name = \"soort\"")),
              ElementsAre("form.toml:33:8: the name \"soort\" is used already, in line 23"));
}

TEST(Meaning, two_fields_cannot_lie_over_each_other) {
  EXPECT_THAT(mistakes_in(spoiled("box = [100, 200, 90, 20]", "box = [100, 120, 90, 20]")),
              ElementsAre("form.toml:49:7: box of field \"handtekening\" overlaps that of field "
                          "\"toelichting\""));
}

TEST(Meaning, a_field_stands_on_a_page_that_exists) {
  EXPECT_THAT(
      mistakes_in(spoiled("type = \"signature\"", "type = \"signature\"\npage = 2")),
      ElementsAre("form.toml:49:8: page 2 of field \"handtekening\" does not exist: the form "
                  "has 1 page"));
}

TEST(Meaning, groups_add_up_to_the_cells) {
  EXPECT_THAT(
      mistakes_in(spoiled("groups = [2, 2, 4]", "groups = [2, 2, 3]")),
      ElementsAre("form.toml:20:10: groups of field \"geboortedatum\" need to add up to its 8 "
                  "cells, have 7"));
}

TEST(Meaning, a_comb_has_the_number_of_cells_of_its_type) {
  EXPECT_THAT(mistakes_in(spoiled("cells = 8\ngroups = [2, 2, 4]", "cells = 10")),
              ElementsAre("form.toml:19:9: a comb of type date needs 6 to 8 cells, field "
                          "\"geboortedatum\" has 10"));
}

TEST(Meaning, listed_cells_lie_inside_the_box_of_their_field) {
  EXPECT_THAT(
      mistakes_in(spoiled("cells = 8\ngroups = [2, 2, 4]",
                          "cells_mm = [[18, 60, 5, 6], [23, 60, 5, 6], [28, 60, 5, 6], [33, 60, 5, "
                          "6], [38, 60, 5, 6], [43, 60, 5, 9]]")),
      ElementsAre(
          "form.toml:19:12: cell 6 of field \"geboortedatum\" is not inside its box: [43.0, "
          "60.0, 5.0, 9.0] in [18.0, 60.0, 46.8, 6.5]"));
}

TEST(Meaning, a_choice_needs_options_inside_its_box) {
  EXPECT_THAT(mistakes_in(spoiled("type = \"checkbox\"", "type = \"choice\"")),
              ElementsAre("form.toml:32:1: a choice needs options, field \"akkoord\" has none"));
  EXPECT_THAT(mistakes_in(spoiled("box = [40, 80.5, 4, 4]", "box = [80, 80.5, 4, 4]")),
              ElementsAre("form.toml:29:41: option \"nee\" of field \"soort\" is not inside the "
                          "field's box: [80.0, 80.5, 4.0, 4.0] in [18.0, 80.0, 60.0, 5.0]"));
}

TEST(Meaning, a_pattern_must_be_a_regular_expression) {
  EXPECT_THAT(mistakes_in(spoiled("lines = 3", "lines = 3\npattern = \"[a-z\"")),
              ElementsAre("form.toml:44:11: pattern of field \"toelichting\" is not a regular "
                          "expression: missing ]: [a-z"));
}

TEST(Meaning, a_rule_names_fields_that_exist_and_fit) {
  EXPECT_THAT(mistakes_in(spoiled("field = \"geboortedatum\"", "field = \"geboortedatm\"")),
              ElementsAre("form.toml:55:9: no field is named \"geboortedatm\"; did you mean "
                          "\"geboortedatum\"?"));
  EXPECT_THAT(
      mistakes_in(spoiled("field = \"geboortedatum\"", "field = \"soort\"")),
      ElementsAre("form.toml:55:9: a rule of kind age_at_least needs fields that are dates, "
                  "\"soort\" is a choice"));
}

TEST(Meaning, a_rule_has_the_keys_of_its_kind_and_no_others) {
  EXPECT_THAT(mistakes_in(spoiled("number = 18\n", "")),
              ElementsAre("form.toml:52:1: a rule of kind age_at_least needs \"number\""));
  EXPECT_THAT(mistakes_in(spoiled("number = 18\n", "number = 18\nwhen = \"akkoord\"\n")),
              ElementsAre("form.toml:57:8: a rule of kind age_at_least has no use for \"when\""));
}

TEST(Meaning, a_condition_asks_for_a_value_the_field_can_have) {
  EXPECT_THAT(
      mistakes_in(spoiled("kind = \"age_at_least\"\nfield = \"geboortedatum\"\nnumber = 18",
                          "kind = \"required_when\"\nfield = \"geboortedatum\"\nwhen = "
                          "\"soort\"\nis = \"jaa\"")),
      ElementsAre("form.toml:57:6: field \"soort\" never has the value \"jaa\"; did you mean "
                  "\"ja\"?"));
}

TEST(Meaning, one_code_text_stands_for_one_page) {
  EXPECT_THAT(
      mistakes_in(spoiled("[[fields]]\nname = \"geboortedatum\"",
                          "[[pages]]\n[[pages.codes]]\nsymbology = \"qr\"\ntext = "
                          "\"PK1|proef|2026-01|1/1\"\nbox = [174, 13, 18, 18]\n\n[[fields]]\n"
                          "name = \"geboortedatum\"")),
      ElementsAre("form.toml:17:8: the code text \"PK1|proef|2026-01|1/1\" stands on page 1 "
                  "already: a code must tell one page from all others"));
}

TEST(Meaning, an_office_field_is_not_required_of_the_citizen) {
  EXPECT_THAT(mistakes_in(spoiled("required = true", "required = true\noffice = true")),
              ElementsAre("form.toml:50:12: field \"handtekening\" is for the office: it cannot be "
                          "required of the citizen"));
}

}  // namespace
}  // namespace postkamer::forms
