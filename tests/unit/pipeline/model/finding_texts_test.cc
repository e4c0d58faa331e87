// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/model/finding_texts.h"

#include <algorithm>
#include <cctype>
#include <string>

#include <gtest/gtest.h>

namespace postkamer {
namespace {

bool is_sentence(std::string_view text) {
  return !text.empty() && (text.back() == '.' || text.back() == '?') && text.front() != ' ';
}

TEST(FindingTexts, are_sorted_by_code_without_repeats) {
  const auto texts = finding_texts();
  for (std::size_t i = 1; i < texts.size(); ++i)
    EXPECT_LT(texts[i - 1].code, texts[i].code) << "out of order or twice";
}

TEST(FindingTexts, are_whole_sentences) {
  for (const FindingText& text : finding_texts()) {
    EXPECT_TRUE(is_sentence(text.dutch)) << text.code;
    EXPECT_TRUE(text.way_out.empty() || is_sentence(text.way_out)) << text.code;
    EXPECT_LE(text.dutch.size(), 200u) << text.code;
  }
}

TEST(FindingTexts, have_codes_in_snake_case) {
  for (const FindingText& text : finding_texts())
    EXPECT_TRUE(std::ranges::all_of(text.code, [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
    })) << text.code;
}

TEST(FindingTexts, find_every_row_by_its_code) {
  for (const FindingText& text : finding_texts())
    EXPECT_EQ(finding_text(text.code).dutch, text.dutch);
}

TEST(FindingTexts, have_a_general_sentence_for_an_unknown_code) {
  const FindingText text = finding_text("never_heard_of");
  EXPECT_EQ(text.code, "never_heard_of");
  EXPECT_TRUE(is_sentence(text.dutch));
}

}  // namespace
}  // namespace postkamer
