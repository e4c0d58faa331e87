// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/extract/line_opinions.h"

#include <gtest/gtest.h>

namespace postkamer::extract {
namespace {

TEST(LineOpinions, two_readers_that_agree_are_surer_than_one) {
  const std::vector<Alternative> written{{"Bakker", 0.6}, {"Bakken", 0.4}};
  const auto alone = weighed({written, "", 0.0, ""});
  const auto agreed = weighed({written, "BAKKER", 0.9, ""});
  ASSERT_FALSE(alone.empty());
  EXPECT_EQ(agreed.front().text, "Bakker") << "spelled as the line reader spells it";
  EXPECT_GT(agreed.front().probability, alone.front().probability);
  const auto all = weighed({written, "Bakker", 0.9, "BAKKER"});
  EXPECT_GT(all.front().probability, agreed.front().probability);
}

TEST(LineOpinions, a_reader_that_differs_leaves_both_texts_and_doubt) {
  const auto texts = weighed({{{"Molen", 0.98}}, "Molenwijk", 0.95, ""});
  ASSERT_EQ(texts.size(), 2u);
  EXPECT_EQ(texts.front().text, "Molen");
  EXPECT_EQ(texts.back().text, "Molenwijk");
  EXPECT_LT(texts.front().probability, 0.98);
}

TEST(LineOpinions, the_second_text_wins_when_the_others_read_it) {
  const auto texts =
      weighed({{{"Kerkstroat", 0.55}, {"Kerkstraat", 0.45}}, "Kerkstraat", 0.8, "KERKSTRAAT"});
  EXPECT_EQ(texts.front().text, "Kerkstraat");
}

TEST(LineOpinions, a_missed_space_tells_less_than_a_letter) {
  const std::vector<Alternative> written{{"A. Bos", 0.9}};
  const auto space = weighed({written, "A.Bos", 0.9, ""});
  const auto letter = weighed({written, "A. Bas", 0.9, ""});
  EXPECT_GT(space.front().probability, letter.front().probability);
}

TEST(LineOpinions, leave_something_for_a_text_that_none_of_them_read) {
  double sum = 0.0;
  for (const auto& each : weighed({{{"a", 0.5}, {"b", 0.3}}, "c", 0.5, "d"}))
    sum += each.probability;
  EXPECT_GT(sum, 0.8);
  EXPECT_LT(sum, 1.0);
  EXPECT_TRUE(weighed({}).empty());
}

TEST(LineOpinions, are_no_more_than_a_guess_where_the_line_reader_read_nothing) {
  const auto alone = weighed({{}, "En", 0.4, ""});
  ASSERT_EQ(alone.size(), 1u);
  EXPECT_LT(alone.front().probability, 0.2);
  EXPECT_LT(weighed({{}, "En", 0.95, "EN"}).front().probability, 0.9);
}

TEST(LineOpinions, are_settled_by_two_sure_readers_but_not_over_a_stroke_or_two) {
  EXPECT_TRUE(is_settled({{{"Bakker", 0.98}}, "", 0.0, "BAKKER"}));
  EXPECT_FALSE(is_settled({{{"Bakker", 0.9}}, "", 0.0, "BAKKER"}));
  EXPECT_FALSE(is_settled({{{"Bakker", 0.98}}, "", 0.0, "BAKKEN"}));
  EXPECT_FALSE(is_settled({{{"I", 0.98}}, "", 0.0, "I"})) << "dirt looks like a letter to both";
  EXPECT_FALSE(is_settled({}));
}

TEST(LineOpinions, texts_that_are_one_share_their_claims) {
  const auto texts = weighed({{{"Bos.", 0.5}, {"Bas.", 0.3}, {"BOS.", 0.2}}, "", 0.0, ""});
  ASSERT_EQ(texts.size(), 2u);
  EXPECT_NEAR(texts.front().probability, 0.7, 0.01);
}

TEST(LineOpinions, case_and_runs_of_space_make_no_other_text) {
  EXPECT_EQ(same_text_key(" De  ÖKER "), "de öker");
  EXPECT_NE(same_text_key("J.P."), same_text_key("JP"));
}

}  // namespace
}  // namespace postkamer::extract
