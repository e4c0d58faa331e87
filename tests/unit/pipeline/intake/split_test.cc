// SPDX-License-Identifier: EUPL-1.2
#include <gtest/gtest.h>

#include "pipeline/intake/inspect.h"

namespace postkamer::intake {
namespace {

// One character a page: '|' separator, '.' blank, '?' unknown, 'a' and 'b' pages of two-page form
// A, 'x' the one page of form X, 'A' a page of form A whose number is unknown.
std::vector<SplitPage> row(std::string_view pages) {
  std::vector<SplitPage> result;
  for (const char page : pages) {
    switch (page) {
      case '|': result.push_back({PageKind::separator, "", 0, 0}); break;
      case '.': result.push_back({PageKind::blank, "", 0, 0}); break;
      case 'a': result.push_back({PageKind::content, "A", 1, 2}); break;
      case 'b': result.push_back({PageKind::content, "A", 2, 2}); break;
      case 'A': result.push_back({PageKind::content, "A", 0, 2}); break;
      case 'x': result.push_back({PageKind::content, "X", 1, 1}); break;
      default: result.push_back({PageKind::content, "", 0, 0});
    }
  }
  return result;
}

// "ab x" for two documents of two and one pages, with their findings in brackets.
std::string split_of(std::string_view pages) {
  std::string result;
  for (const SplitDocument& document : split(row(pages))) {
    if (!result.empty()) result += ' ';
    for (const int page : document.pages) result += pages[static_cast<std::size_t>(page)];
    for (const Finding& finding : document.findings) result += "[" + finding.code + "]";
  }
  return result;
}

struct SplitCase {
  std::string_view pages;
  std::string_view documents;
};

class Split : public testing::TestWithParam<SplitCase> {};

TEST_P(Split, puts_together_what_belongs_together) {
  EXPECT_EQ(split_of(GetParam().pages), GetParam().documents);
}

INSTANTIATE_TEST_SUITE_P(
    without_separators, Split,
    testing::Values(SplitCase{"", ""}, SplitCase{"...", ""}, SplitCase{"ab", "ab"},
                    SplitCase{"abab", "ab ab"}, SplitCase{"xxx", "x x x"},
                    SplitCase{"a.b.a.b.", "ab ab"}, SplitCase{"xab?x", "x ab ? x"},
                    SplitCase{"???", "???"}, SplitCase{"??ab??", "?? ab ??"},
                    SplitCase{"aab", "a[page_missing] ab"}, SplitCase{"abb", "ab b[page_missing]"},
                    SplitCase{"ba", "b[page_missing] a[page_missing]"},
                    SplitCase{"?b", "?b[page_missing]"}, SplitCase{"a?b", "a?b[page_foreign]"},
                    SplitCase{"ax", "a[page_missing] x"}, SplitCase{"aAx", "aA[page_missing] x"}));

INSTANTIATE_TEST_SUITE_P(with_separators, Split,
                         testing::Values(SplitCase{"|ab|ab", "ab ab"}, SplitCase{"||ab||", "ab"},
                                         SplitCase{"ab|x", "ab x"}, SplitCase{"|ab?|x", "ab? x"},
                                         SplitCase{"|ba|x", "ba[page_order] x"},
                                         SplitCase{"|abab|", "ab ab[separator_missing]"},
                                         SplitCase{"|abx|", "ab x[separator_missing]"},
                                         SplitCase{"|?x|", "?x"}, SplitCase{"|??|?|", "?? ?"},
                                         SplitCase{"|a.b.|x.", "ab x"},
                                         SplitCase{"|a|b", "a[page_missing] b[page_missing]"},
                                         SplitCase{"|.|.|", ""}));

TEST(SplitLaw, every_content_page_comes_back_in_exactly_one_document) {
  constexpr std::string_view kPages = "|.?abAx";
  unsigned state = 12345;
  for (int round = 0; round < 500; ++round) {
    std::string pages;
    for (int i = 0; i < 24; ++i) {
      state = state * 1664525u + 1013904223u;
      pages += kPages[(state >> 16) % kPages.size()];
    }
    std::vector<int> seen(pages.size(), 0);
    for (const SplitDocument& document : split(row(pages))) {
      EXPECT_FALSE(document.pages.empty());
      EXPECT_TRUE(std::is_sorted(document.pages.begin(), document.pages.end()));
      for (const int page : document.pages) ++seen[static_cast<std::size_t>(page)];
    }
    for (std::size_t i = 0; i < pages.size(); ++i)
      EXPECT_EQ(seen[i], pages[i] == '|' || pages[i] == '.' ? 0 : 1) << pages << " page " << i;
  }
}

TEST(SplitLaw, no_document_reaches_over_a_separator) {
  for (const SplitDocument& document : split(row("?|a|b|??|A")))
    for (std::size_t i = 1; i < document.pages.size(); ++i)
      EXPECT_EQ(document.pages[i], document.pages[i - 1] + 1);
}

}  // namespace
}  // namespace postkamer::intake
