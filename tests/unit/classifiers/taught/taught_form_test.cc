// SPDX-License-Identifier: EUPL-1.2
#include "classifiers/taught/taught_form.h"

#include <gtest/gtest.h>

namespace postkamer::taught {
namespace {

TaughtForm small_form() {
  TaughtForm form{"hondenbelasting", "1", "Aangifte \"hond\"", {}, {{0, 1}, {1}}};
  form.runs.push_back({{"aangiftehondenbelasting", 2, 10.5, 0.0, 4.2}, 2});
  form.runs.push_back({{"naamvandehouder", 4, 10.0, 20.5, 3.0}, 2});
  return form;
}

std::string replaced(std::string text, std::string_view what, std::string_view with) {
  return text.replace(text.find(what), what.size(), with);
}

TEST(TaughtForm, comes_back_as_it_was_written) {
  const auto again = taught_form_from(json_of(small_form()));
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(*again, small_form());
}

TEST(TaughtForm, a_spoiled_file_is_a_mistake_with_a_way_out) {
  const std::string good = json_of(small_form());
  for (const std::string& bad :
       {std::string("no json"), replaced(good, "form 1", "form 9"),
        replaced(good, "[0,1]", "[0,7]"), replaced(good, "[0,1]", "[-1]"),
        replaced(good, "\"runs\"", "\"rounds\""), replaced(good, "hondenbelasting\",", "\",")}) {
    const auto read = taught_form_from(bad);
    ASSERT_FALSE(read) << bad;
    EXPECT_EQ(read.error().code, ErrorCode::invalid_config);
    EXPECT_NE(read.error().message.find("teach the form again"), std::string::npos);
  }
}

}  // namespace
}  // namespace postkamer::taught
