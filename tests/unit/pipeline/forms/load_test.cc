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
              ElementsAre(testing::StartsWith("form.toml:4:14: this is not TOML: ")));
}

}  // namespace
}  // namespace postkamer::forms
