// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/forms/load.h"

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

TEST(Load, a_sound_form_is_read) {
  const auto form = load_form(samples::kSound, "form.toml");
  ASSERT_TRUE(form);
  EXPECT_EQ(form->id, "proef");
  EXPECT_EQ(form->title.en, "Test form");
  ASSERT_EQ(form->fields.size(), 5u);
  EXPECT_EQ(form->fields[0].label.nl, "Geboortedatum");
  EXPECT_EQ(form->fields[1].options[1].value, "nee");
  EXPECT_EQ(form->fields[3].lines, 3);
  EXPECT_TRUE(form->fields[4].required);
  EXPECT_EQ(form->rules[0].number, 18.0);
  EXPECT_EQ(form->sha256.size(), 64u);
}

TEST(Load, a_short_comb_becomes_cells_with_gaps_between_its_groups) {
  const auto form = load_form(samples::kSound, "form.toml");
  ASSERT_TRUE(form);
  const auto& cells = form->fields[0].cells;
  ASSERT_EQ(cells.size(), 8u);
  EXPECT_NEAR(cells[0].width, 5.2, 1e-9);
  EXPECT_NEAR(cells[2].x, 18 + 2 * 5.2 + 2.6, 1e-9);
  EXPECT_NEAR(cells[7].right(), 64.8, 1e-9);
}

TEST(Load, a_syntax_mistake_is_reported_where_it_is) {
  EXPECT_THAT(mistakes_in(spoiled("organisation = ", "organisation ")),
              ElementsAre("form.toml:4:14: this is not TOML: Error while parsing key-value pair: "
                          "expected '=', saw '\"'"));
}

TEST(Load, an_unknown_key_is_reported_with_the_nearest_known_one) {
  EXPECT_THAT(
      mistakes_in(spoiled("label = \"Soort\"", "lable = \"Soort\"")),
      ElementsAre("form.toml:24:1: unknown key \"lable\" in fields[1]; did you mean \"label\"?"));
}

TEST(Load, a_missing_key_is_reported_at_the_table_that_lacks_it) {
  EXPECT_THAT(
      mistakes_in(spoiled("organisation = \"Gemeente Waterdam\"\n", "")),
      ElementsAre("form.toml:1:1: the form has no \"organisation\": it needs the name of the "
                  "organisation: a text"));
}

TEST(Load, an_unknown_type_is_reported_with_what_was_probably_meant) {
  EXPECT_THAT(mistakes_in(spoiled("type = \"date\"", "type = \"dat\"")),
              ElementsAre("form.toml:17:8: type needs a field type, has \"dat\"; did you mean "
                          "\"date\"?"));
  EXPECT_THAT(mistakes_in(spoiled("type = \"choice\"", "type = \"radio\"")),
              ElementsAre("form.toml:25:8: type needs a field type, has \"radio\"; did you mean "
                          "\"choice\"?"));
}

TEST(Load, a_box_that_is_not_four_numbers_is_refused) {
  EXPECT_THAT(mistakes_in(spoiled("box = [18, 90, 4, 4]", "box = [18, 90, 4]")),
              ElementsAre("form.toml:36:7: box needs 4 numbers [x, y, width, height] in mm, has 3 "
                          "numbers"));
  EXPECT_THAT(mistakes_in(spoiled("box = [18, 90, 4, 4]", "box = [18, 90, 4, \"4\"]")),
              ElementsAre("form.toml:36:19: box[3] needs a number, has \"4\""));
}

TEST(Load, a_date_where_a_text_belongs_is_refused) {
  EXPECT_THAT(
      mistakes_in(spoiled("version = \"2026-01\"\ntitle", "version = 2026-01-01\ntitle")),
      ElementsAre("form.toml:2:11: version needs a version of letters, digits, '.' and '-', "
                  "such as \"2026-01\", has a date or time"));
}

TEST(Load, all_mistakes_come_at_once_in_the_order_of_the_text) {
  std::string toml = spoiled("type = \"date\"", "type = \"dat\"");
  toml.replace(toml.find("required = true"), 8, "requird");
  toml.replace(toml.find("field = \"geboortedatum\""), 23, "field = \"geboortedat\"");
  EXPECT_THAT(
      mistakes_in(toml),
      ElementsAre(
          "form.toml:17:8: type needs a field type, has \"dat\"; did you mean \"date\"?",
          "form.toml:50:1: unknown key \"requird\" in fields[4]; did you mean \"required\"?",
          "form.toml:55:9: no field is named \"geboortedat\"; did you mean "
          "\"geboortedatum\"?"));
}

TEST(Load, an_empty_text_lacks_everything_that_is_required) {
  const auto mistakes = mistakes_in("# nothing\n");
  EXPECT_EQ(mistakes.size(), 6u);
  EXPECT_EQ(mistakes.front(),
            "form.toml:1:1: the form has no \"fields\": it needs one or more [[fields]]");
}

TEST(Load, arbitrary_bytes_never_crash_it) {
  std::string toml(samples::kSound);
  unsigned state = 1;
  for (int i = 0; i < 300; ++i) {
    std::string bytes = toml;
    for (int changes = 0; changes < 4; ++changes) {
      state = state * 1664525u + 1013904223u;
      bytes[(state >> 8) % bytes.size()] = static_cast<char>(state >> 16);
    }
    const auto form = load_form(bytes, "form.toml");
    if (!form) {
      EXPECT_FALSE(form.error().empty());
    }
  }
}

}  // namespace
}  // namespace postkamer::forms
