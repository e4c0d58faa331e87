// SPDX-License-Identifier: EUPL-1.2
#include <gtest/gtest.h>

#include "pipeline/intake/split.h"

namespace postkamer::intake {
namespace {

// One character a page: '|' separator, '.' blank, '?' unknown, 'a' and 'b' pages of two-page form
// A, 'x' the one page of form X, 'A' a page of form A whose number is unknown; 'S', 'T' and 'X' are
// '?', 'b' and 'x' with a sticker.
std::vector<SplitPage> row(std::string_view pages) {
  std::vector<SplitPage> result;
  for (const char page : pages) {
    switch (page) {
      case '|': result.push_back({PageKind::separator, "", 0, 0, mark::sheet}); break;
      case '.': result.push_back({PageKind::blank, "", 0, 0, 0}); break;
      case 'a': result.push_back({PageKind::content, "A", 1, 2, 0}); break;
      case 'b': result.push_back({PageKind::content, "A", 2, 2, 0}); break;
      case 'A': result.push_back({PageKind::content, "A", 0, 2, 0}); break;
      case 'x': result.push_back({PageKind::content, "X", 1, 1, 0}); break;
      case 'S': result.push_back({PageKind::content, "", 0, 0, mark::sticker}); break;
      case 'T': result.push_back({PageKind::content, "A", 2, 2, mark::sticker}); break;
      case 'X': result.push_back({PageKind::content, "X", 1, 1, mark::sticker}); break;
      default: result.push_back({PageKind::content, "", 0, 0, 0});
    }
  }
  return result;
}

// "ab x" for two documents of two and one pages, with their findings in brackets.
std::string split_of(std::string_view pages, const SeparationRules& rules = {}) {
  std::string result;
  for (const SplitDocument& document : split(row(pages), rules)) {
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
                                         SplitCase{"|a|b",
                                                   "a[separation_disagrees][page_missing] "
                                                   "b[separation_disagrees][page_missing]"},
                                         SplitCase{"|.|.|", ""}));

SeparationRules every(int pages) {
  SeparationRules rules;
  rules.every_pages = pages;
  return rules;
}

SeparationRules blank_sheet(BlankSheet sides) {
  SeparationRules rules;
  rules.blank_sheet = sides;
  return rules;
}

TEST(SplitBySticker, begins_a_document_and_keeps_its_page) {
  EXPECT_EQ(split_of("S?S??"), "S? S??");
  EXPECT_EQ(split_of("?S?"), "? S?");
  EXPECT_EQ(split_of("S|S"), "S S") << "a sheet and a sticker agree";
  EXPECT_EQ(split_of("Xab"), "X ab[separator_missing]") << "a sticker was forgotten or missed";
  EXPECT_EQ(split_of("aT"),
            "a[separation_disagrees][page_missing] T[separation_disagrees][page_missing]");
}

TEST(SplitByCount, puts_every_n_sides_together_blank_ones_too) {
  EXPECT_EQ(split_of("????", every(2)), "?? ??");
  EXPECT_EQ(split_of("?.?.", every(2)), "? ?");
  EXPECT_EQ(split_of("???", every(2)), "?? ?[pages_uneven]") << "a sheet is missing or doubled";
  EXPECT_EQ(split_of("|??|??", every(2)), "?? ??") << "separators start the count anew";
  EXPECT_EQ(split_of("|.??|.??", every(2)), "?? ??") << "the back of a sheet is no side to count";
}

TEST(SplitByCount, leaves_a_form_whole_and_says_so) {
  EXPECT_EQ(split_of("abab", every(2)), "ab ab");
  EXPECT_EQ(split_of("ab", every(1)), "ab[separation_disagrees]");
  EXPECT_EQ(split_of("?a?b", every(2)), "?a[page_missing] ?b[page_missing]");
}

TEST(SplitByCount, a_form_that_begins_before_the_count_is_full_is_cut_and_told_on_both_sides) {
  EXPECT_EQ(split_of("x??x??", every(3)), "x?? x??");
  EXPECT_EQ(split_of("x?x???", every(3)),
            "x?[separation_disagrees][pages_uneven] x??[separation_disagrees] ?[pages_uneven]");
}

TEST(SplitByBlankSheet, takes_one_empty_side_or_a_sheet_that_is_empty_on_both) {
  EXPECT_EQ(split_of("?.?", {}), "??");
  EXPECT_EQ(split_of("?.?", blank_sheet(BlankSheet::one_side)), "? ?");
  EXPECT_EQ(split_of("?.??", blank_sheet(BlankSheet::both_sides)), "???")
      << "an empty back is no empty sheet";
  EXPECT_EQ(split_of("?...?.", blank_sheet(BlankSheet::both_sides)), "? ?");
  EXPECT_EQ(split_of("?..?", blank_sheet(BlankSheet::both_sides)), "??")
      << "the back of one sheet and the front of the next";
}

TEST(SplitByBlankSheet, does_not_tear_a_form_that_goes_on) {
  EXPECT_EQ(split_of("a.b", blank_sheet(BlankSheet::one_side)), "ab[separation_disagrees]");
  EXPECT_EQ(split_of("ab.ab", blank_sheet(BlankSheet::one_side)), "ab ab");
}

TEST(SplitBySheet, one_side_that_was_not_recognised_is_told) {
  EXPECT_EQ(split_of("||ab||ab|?x."), "ab ab ?x[separator_half]");
  EXPECT_EQ(split_of("||ab||ab?|x."), "ab ab?[separator_half] x");
  EXPECT_EQ(split_of("|x|?"), "x ?") << "sheets with one side";
}

TEST(SplitByForms, can_be_switched_off) {
  SeparationRules rules;
  rules.form_pages = false;
  EXPECT_EQ(split_of("abab", rules), "abab[page_order]");
  EXPECT_EQ(split_of("|ab|x", rules), "ab x");
}

TEST(SplitLaw, every_content_page_comes_back_in_exactly_one_document) {
  constexpr std::string_view kPages = "|.?abAxST";
  const std::vector<SeparationRules> all_rules{{},
                                               every(2),
                                               every(3),
                                               blank_sheet(BlankSheet::one_side),
                                               blank_sheet(BlankSheet::both_sides)};
  unsigned state = 12345;
  for (int round = 0; round < 500; ++round) {
    std::string pages;
    for (int i = 0; i < 24; ++i) {
      state = state * 1664525u + 1013904223u;
      pages += kPages[(state >> 16) % kPages.size()];
    }
    std::vector<int> seen(pages.size(), 0);
    const SeparationRules& rules = all_rules[static_cast<std::size_t>(round) % all_rules.size()];
    for (const SplitDocument& document : split(row(pages), rules)) {
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
