// SPDX-License-Identifier: EUPL-1.2
#include "classifiers/taught/approximate.h"

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace postkamer::taught {
namespace {

// The same by the book: one row of Sellers' table a letter of the pattern.
double slowly(const std::string& pattern, const std::string& text) {
  std::vector<int> row(text.size() + 1, 0);
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    std::vector<int> next{static_cast<int>(i) + 1};
    for (std::size_t j = 0; j < text.size(); ++j)
      next.push_back(
          std::min({row[j] + (pattern[i] == text[j] ? 0 : 1), row[j + 1] + 1, next.back() + 1}));
    row = next;
  }
  return 1.0 - *std::min_element(row.begin(), row.end()) / static_cast<double>(pattern.size());
}

TEST(FoundShare, a_text_that_is_there_is_wholly_found) {
  EXPECT_DOUBLE_EQ(found_share("handtekening", "datumenhandtekeningaanvrager"), 1.0);
}

TEST(FoundShare, misread_letters_cost_their_share) {
  EXPECT_DOUBLE_EQ(found_share("handtekening", "handtekenlng"), 11.0 / 12.0);
  EXPECT_DOUBLE_EQ(found_share("handtekening", "hndtekening"), 11.0 / 12.0);
}

TEST(FoundShare, nothing_is_found_of_nothing) {
  EXPECT_DOUBLE_EQ(found_share("", "tekst"), 0.0);
  EXPECT_DOUBLE_EQ(found_share("tekst", ""), 0.0);
}

TEST(FoundShare, is_what_the_table_gives_on_random_texts) {
  std::mt19937 chance(7);
  const auto text_of = [&](std::size_t length) {
    std::string text;
    for (std::size_t i = 0; i < length; ++i) text += static_cast<char>('a' + chance() % 4);
    return text;
  };
  for (int i = 0; i < 500; ++i) {
    const std::string pattern = text_of(1 + chance() % kPatternLetters);
    const std::string text = text_of(chance() % 90);
    EXPECT_DOUBLE_EQ(found_share(pattern, text), slowly(pattern, text)) << pattern << ' ' << text;
  }
}

TEST(FoundShare, a_long_pattern_is_judged_by_its_first_letters) {
  const std::string begin(kPatternLetters, 'a');
  EXPECT_DOUBLE_EQ(found_share(begin + "bbbb", begin), 1.0);
}

}  // namespace
}  // namespace postkamer::taught
