// SPDX-License-Identifier: EUPL-1.2
#include "classifiers/taught/learn.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "tests/unit/classifiers/taught/sample_pages.h"

namespace postkamer::taught {
namespace {

bool knows(const TaughtForm& form, const std::string& letters) {
  return std::any_of(form.runs.begin(), form.runs.end(), [&](const PrintedRun& printed) {
    return is_same_run(printed.run, run_at(letters, 1, printed.run.y));
  });
}

TEST(Learn, keeps_what_is_printed_and_forgets_what_was_filled_in) {
  const auto samples = samples_of(dog_licence, 1, 5);
  const auto lesson = learn(samples);
  ASSERT_TRUE(lesson) << lesson.error().message;
  EXPECT_TRUE(knows(lesson->form, "aangiftehondenbelasting"));
  EXPECT_TRUE(knows(lesson->form, "handtekeningvandehouder"));
  for (const PageText& sample : samples) EXPECT_FALSE(knows(lesson->form, sample.runs[1].letters));
  EXPECT_EQ(lesson->form.samples.size(), 5u);
  EXPECT_TRUE(lesson->unlike.empty());
}

TEST(Learn, sets_a_page_of_another_form_aside) {
  auto samples = samples_of(dog_licence, 1, 6);
  samples.insert(samples.begin() + 2, tree_permit(50));
  const auto lesson = learn(samples);
  ASSERT_TRUE(lesson);
  EXPECT_EQ(lesson->unlike, std::vector<std::size_t>{2});
  EXPECT_EQ(lesson->form.samples.size(), 6u);
}

TEST(Learn, refuses_two_samples) {
  const auto lesson = learn(samples_of(dog_licence, 1, 2));
  ASSERT_FALSE(lesson);
  EXPECT_EQ(lesson.error().reason, "taught_too_few");
}

TEST(Learn, refuses_samples_that_have_nothing_in_common) {
  const auto lesson = learn(samples_of(letter, 1, 5));
  ASSERT_FALSE(lesson);
  EXPECT_EQ(lesson.error().reason, "taught_nothing_common");
}

TEST(SameRun, is_not_found_at_the_other_end_of_the_page) {
  EXPECT_TRUE(is_same_run(run_at("handtekening", 1, 20), run_at("handtekening", 1, 40)));
  EXPECT_FALSE(is_same_run(run_at("handtekening", 1, 20), run_at("handtekening", 1, 200)));
}

TEST(SameRun, may_have_a_value_behind_its_label_but_not_a_sentence_around_it) {
  EXPECT_TRUE(is_same_run(run_at("naamhouder", 2, 0), run_at("naamhouderjansen", 3, 0)));
  EXPECT_FALSE(is_same_run(run_at("houder", 1, 0), run_at("wieisdehouderofdehouderes", 6, 0)));
}

}  // namespace
}  // namespace postkamer::taught
