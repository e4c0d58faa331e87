// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/forms/draft_labels.h"

#include <gtest/gtest.h>

namespace postkamer::forms {
namespace {

const Labels kLabels({{"Datum", {18, 52, 12, 3}},
                      {"verhuizing:", {31, 52, 18, 3}},
                      {"-", {70, 52, 1, 1}},
                      {"Plaats", {60, 75.5, 10, 3}},
                      {"€", {55, 91, 2, 3}},
                      {"ja", {25, 101, 4, 3}},
                      {"nee", {50, 101, 6, 3}}});

TEST(DraftLabels, stand_to_the_left_on_the_same_row) {
  EXPECT_EQ(kLabels.of({60, 50, 47, 6.5}, {}).text, "Datum verhuizing");
}

TEST(DraftLabels, do_not_reach_across_another_field) {
  EXPECT_EQ(kLabels.of({60, 50, 47, 6.5}, {{52, 50, 5, 6}}).text, "");
}

TEST(DraftLabels, stand_above_when_nothing_is_at_the_left) {
  EXPECT_EQ(kLabels.of({60, 79.5, 47, 6.5}, {}).text, "Plaats");
}

TEST(DraftLabels, of_a_tick_box_stand_to_the_right_of_it) {
  EXPECT_EQ(kLabels.right_of({20, 100, 4, 4}, 45).text, "ja");
}

TEST(DraftLabels, a_currency_sign_is_seen_and_is_no_label) {
  EXPECT_TRUE(kLabels.has_currency({58.5, 90, 34, 6.5}));
  EXPECT_FALSE(kLabels.has_currency({58.5, 50, 34, 6.5}));
  EXPECT_EQ(kLabels.of({58.5, 90, 34, 6.5}, {}).text, "");
}

TEST(DraftLabels, become_names_that_differ) {
  std::set<std::string> taken;
  EXPECT_EQ(name_from("Datum verhuizing (verplicht)", taken), "datumVerhuizing");
  EXPECT_EQ(name_from("Datum verhuizing", taken), "datumVerhuizing2");
  EXPECT_EQ(name_from("1. E-mail", taken), "eMail");
  EXPECT_EQ(name_from("", taken), "field");
}

TEST(DraftLabels, and_the_shape_of_a_comb_tell_the_type) {
  EXPECT_EQ(type_from("", {2, 2, 4}), FieldType::date);
  EXPECT_EQ(type_from("Burgerservicenummer", {9}), FieldType::bsn);
  EXPECT_EQ(type_from("Burgerservicenummer", {7}), FieldType::digits);
  EXPECT_EQ(type_from("Handtekening aanvrager", {}), FieldType::signature);
  EXPECT_EQ(type_from("Plaats", {}), FieldType::text);
  EXPECT_EQ(type_from("", {6}), FieldType::alphanumeric);
}

}  // namespace
}  // namespace postkamer::forms
