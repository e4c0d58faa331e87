// SPDX-License-Identifier: EUPL-1.2
#include "classifiers/lines/ctc.h"

#include <cmath>

#include <gtest/gtest.h>

#include "tests/unit/classifiers/lines/tiny_letters.h"

namespace postkamer::lines {
namespace {

constexpr PriorWeight kNoPrior{0.0, 0.0};

LetterModel letters() {
  auto model = LetterModel::parse(tiny_letters());
  EXPECT_TRUE(model.has_value());
  return *model;
}

// Scores whose softmax is these probabilities; a column a step: blank, then the alphabet's rows.
cv::Mat scores_of(const std::vector<std::vector<double>>& steps) {
  cv::Mat scores(static_cast<int>(steps.front().size()), static_cast<int>(steps.size()), CV_32F);
  for (int x = 0; x < scores.cols; ++x)
    for (int k = 0; k < scores.rows; ++k)
      scores.at<float>(k, x) = static_cast<float>(
          std::log(steps[static_cast<std::size_t>(x)][static_cast<std::size_t>(k)] + 1e-9));
  return scores;
}

TEST(Ctc, a_letter_over_several_columns_is_one_and_a_blank_parts_two) {
  const Alphabet alphabet("abc");
  const auto once = scores_of({{0, 1, 0, 0}, {0, 1, 0, 0}, {0, 0, 1, 0}});
  EXPECT_EQ(likely_texts(once, alphabet, letters(), 3, kNoPrior).front().text, "ab");
  const auto twice = scores_of({{0, 1, 0, 0}, {1, 0, 0, 0}, {0, 1, 0, 0}});
  EXPECT_EQ(likely_texts(twice, alphabet, letters(), 3, kNoPrior).front().text, "aa");
}

TEST(Ctc, a_text_has_the_probability_of_all_ways_to_spread_it) {
  // Over two columns of 0.6 blank and 0.4 a: "" 0.36; "a" 0.4 * 0.6 * 2 + 0.4 * 0.4 = 0.64.
  const auto texts = likely_texts(scores_of({{0.6, 0.4, 0, 0}, {0.6, 0.4, 0, 0}}), Alphabet("abc"),
                                  letters(), 3, kNoPrior);
  ASSERT_EQ(texts.size(), 2u);
  EXPECT_EQ(texts[0].text, "a") << "each column by itself says blank";
  EXPECT_NEAR(texts[0].seen, 0.64, 1e-6);
  EXPECT_NEAR(texts[0].share, 0.64, 1e-6);
  EXPECT_EQ(texts[1].text, "");
}

TEST(Ctc, both_cases_of_a_letter_count_together_and_the_likelier_is_spelled) {
  const auto texts =
      likely_texts(scores_of({{0, 0.25, 0.4, 0.35}}), Alphabet("bAa"), letters(), 3, kNoPrior);
  EXPECT_EQ(texts.front().text, "A");
  EXPECT_NEAR(texts.front().share, 0.75, 1e-6);
  EXPECT_EQ(texts.size(), 2u);
}

TEST(Ctc, the_prior_decides_where_the_scores_do_not) {
  const auto unsure = scores_of({{0, 1, 0, 0}, {0, 0, 0.49, 0.51}});
  const Alphabet alphabet("abc");
  EXPECT_EQ(likely_texts(unsure, alphabet, letters(), 2, kNoPrior).front().text, "ac");
  const auto texts = likely_texts(unsure, alphabet, letters(), 2, {0.5, 0.0});
  EXPECT_EQ(texts.front().text, "ab");
  EXPECT_NEAR(texts.front().seen, 0.49, 1e-6);
  EXPECT_GT(texts.front().share, 0.6);
}

TEST(Ctc, shares_sum_to_one_and_at_most_so_many_texts_are_given) {
  const std::vector<double> column{0.1, 0.3, 0.3, 0.3};
  const auto texts =
      likely_texts(scores_of({column, column, column}), Alphabet("abc"), letters(), 4, kNoPrior);
  EXPECT_EQ(texts.size(), 4u);
  double sum = 0.0;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    sum += texts[i].share;
    if (i > 0) {
      EXPECT_LE(texts[i].share, texts[i - 1].share);
    }
  }
  EXPECT_LE(sum, 1.0 + 1e-9);
}

}  // namespace
}  // namespace postkamer::lines
