// SPDX-License-Identifier: EUPL-1.2
#include "classifiers/form/title_words.h"

#include <sstream>

#include <gtest/gtest.h>

namespace postkamer::classifiers {
namespace {

std::vector<Word> words(const std::string& text) {
  std::vector<Word> out;
  std::istringstream stream(text);
  for (std::string word; stream >> word;) out.push_back({word, {}, 0.9, 0, 0});
  return out;
}

TEST(TitleShare, is_one_when_all_words_were_read) {
  EXPECT_EQ(title_share("Aangifte van verhuizing", words("Gemeente AANGIFTE van Verhuizing.")),
            1.0);
}

TEST(TitleShare, forgives_a_wrong_letter_in_a_long_word_but_not_in_a_short_one) {
  EXPECT_EQ(title_share("verhuizing", words("verhu1zing")), 1.0);
  EXPECT_EQ(title_share("bezwaar", words("bezwaor")), 1.0);
  EXPECT_EQ(title_share("post", words("pest")), 0.0);
}

TEST(TitleShare, counts_letters_so_that_long_words_weigh_more) {
  EXPECT_NEAR(title_share("Aanvraag parkeervergunning", words("aanvraag")), 8.0 / 25.0, 1e-9);
}

TEST(TitleShare, is_zero_without_words_or_without_a_title) {
  EXPECT_EQ(title_share("Aangifte", {}), 0.0);
  EXPECT_EQ(title_share("", words("Aangifte")), 0.0);
  EXPECT_EQ(title_share("a b", words("a b")), 0.0);
}

}  // namespace
}  // namespace postkamer::classifiers
