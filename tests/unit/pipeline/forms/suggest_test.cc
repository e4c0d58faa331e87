// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/forms/suggest.h"

#include <gtest/gtest.h>

namespace postkamer::forms {
namespace {

TEST(Suggest, counts_inserted_left_out_changed_and_swapped_letters) {
  EXPECT_EQ(edit_distance("label", "label"), 0);
  EXPECT_EQ(edit_distance("label", "lable"), 1);
  EXPECT_EQ(edit_distance("label", "lbel"), 1);
  EXPECT_EQ(edit_distance("label", "labels"), 1);
  EXPECT_EQ(edit_distance("", "abc"), 3);
  EXPECT_EQ(edit_distance("iban", "bsn"), 2);
}

TEST(Suggest, names_the_nearest_known_word) {
  EXPECT_EQ(nearest("lable", {"box", "label", "lines"}), "label");
  EXPECT_EQ(nearest("qqqqqq", {"box", "label", "lines"}), "");
}

TEST(Suggest, knows_what_other_form_systems_call_a_type) {
  EXPECT_EQ(nearest("radio", {"amount", "choice"}), "choice");
  EXPECT_EQ(nearest("radio", {"amount", "date"}), "");
}

TEST(Suggest, lists_what_is_known_when_nothing_is_near) {
  EXPECT_EQ(suggestion("qqqqqq", {"box", "label"}), "; known are: box, label");
  EXPECT_EQ(suggestion("bxo", {"box", "label"}), "; did you mean \"box\"?");
}

}  // namespace
}  // namespace postkamer::forms
