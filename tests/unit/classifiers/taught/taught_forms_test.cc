// SPDX-License-Identifier: EUPL-1.2
#include "classifiers/taught/taught_forms.h"

#include <gtest/gtest.h>

#include "classifiers/taught/learn.h"
#include "pipeline/classify/classify.h"
#include "tests/unit/classifiers/taught/sample_pages.h"

namespace postkamer::taught {
namespace {

TaughtForm taught_as(const char* id, const std::vector<PageText>& samples) {
  auto lesson = learn(samples);
  EXPECT_TRUE(lesson);
  lesson->form.id = id;
  lesson->form.version = "1";
  return lesson->form;
}

const TaughtForms& both() {
  static const TaughtForms forms({taught_as("hond", samples_of(dog_licence, 1, 6)),
                                  taught_as("boom", samples_of(tree_permit, 20, 6))});
  return forms;
}

std::string decided(const TaughtForms& forms, const PageText& page) {
  const auto form = classify::decide(forms.score(page), {}).form;
  return form ? form->form : "unknown";
}

TEST(TaughtForms, tell_new_pages_of_two_forms_of_one_house_apart) {
  for (unsigned seed = 100; seed < 110; ++seed) {
    EXPECT_EQ(decided(both(), dog_licence(seed)), "hond") << seed;
    EXPECT_EQ(decided(both(), tree_permit(seed)), "boom") << seed;
  }
}

TEST(TaughtForms, leave_a_letter_and_an_empty_page_unknown) {
  EXPECT_EQ(decided(both(), letter(5)), "unknown");
  EXPECT_EQ(decided(both(), PageText{}), "unknown");
}

TEST(TaughtForms, leave_an_untaught_form_of_the_same_house_unknown) {
  const TaughtForms dogs({taught_as("hond", samples_of(dog_licence, 1, 6))});
  EXPECT_EQ(decided(dogs, dog_licence(100)), "hond");
  EXPECT_EQ(decided(dogs, tree_permit(100)), "unknown");
}

TEST(TaughtForms, leave_a_page_of_which_the_upper_half_is_unreadable_unknown) {
  PageText page = dog_licence(100);
  page.runs.erase(page.runs.begin(), page.runs.begin() + 8);
  EXPECT_EQ(decided(both(), page), "unknown");
}

TEST(TaughtForms, give_probabilities_that_leave_room_for_none_of_them) {
  for (const PageText& page : {dog_licence(100), tree_permit(100), letter(1)}) {
    double sum = 0.0;
    for (const FormCandidate& candidate : both().score(page)) sum += candidate.probability;
    EXPECT_GE(sum, 0.0);
    EXPECT_LT(sum, 1.0);
  }
}

TEST(TaughtForms, give_no_candidates_when_nothing_was_taught) {
  EXPECT_TRUE(TaughtForms().score(dog_licence(1)).empty());
}

}  // namespace
}  // namespace postkamer::taught
