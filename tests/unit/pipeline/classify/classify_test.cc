// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/classify/classify.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace postkamer::classify {
namespace {

FormCandidate candidate(const char* form, const char* version, int page, double probability,
                        const char* evidence) {
  FormCandidate c;
  c.form = form;
  c.version = version;
  c.page = page;
  c.probability = probability;
  c.evidence = evidence;
  return c;
}

TEST(Decide, takes_a_sure_candidate) {
  const auto result = decide({candidate("a", "1", 1, 0.99, "code+layout")}, {});
  ASSERT_TRUE(result.form.has_value());
  EXPECT_EQ(result.form->form, "a");
  EXPECT_EQ(result.alternatives.size(), 1U);
  EXPECT_TRUE(result.findings.empty());
}

TEST(Decide, calls_a_page_without_candidates_unknown) {
  const auto result = decide({}, {});
  EXPECT_FALSE(result.form.has_value());
  EXPECT_TRUE(result.findings.empty());
}

TEST(Decide, calls_a_doubtful_candidate_unknown_but_keeps_it_as_alternative) {
  const auto result = decide({candidate("a", "1", 1, 0.89, "layout")}, {});
  EXPECT_FALSE(result.form.has_value());
  ASSERT_EQ(result.alternatives.size(), 1U);
}

TEST(Decide, ranks_whatever_order_it_is_given) {
  const auto result =
      decide({candidate("b", "1", 1, 0.10, "layout"), candidate("a", "1", 1, 0.97, "layout")}, {});
  ASSERT_TRUE(result.form.has_value());
  EXPECT_EQ(result.alternatives[0].form, "a");
  EXPECT_EQ(result.alternatives[1].form, "b");
}

TEST(Decide, does_not_choose_between_two_versions_that_are_equally_likely) {
  const auto result =
      decide({candidate("a", "1", 1, 0.97, "layout"), candidate("a", "2", 1, 0.95, "layout")}, {});
  EXPECT_FALSE(result.form.has_value());
  ASSERT_EQ(result.findings.size(), 1U);
  EXPECT_EQ(result.findings[0].code, "form_ambiguous");
  EXPECT_EQ(result.alternatives.size(), 2U);
}

TEST(Decide, does_not_choose_between_two_pages_of_one_form) {
  const auto result =
      decide({candidate("a", "1", 1, 0.95, "layout"), candidate("a", "1", 2, 0.90, "layout")}, {});
  EXPECT_FALSE(result.form.has_value());
}

TEST(Decide, reports_a_code_that_the_layout_contradicts) {
  const auto result =
      decide({candidate("a", "1", 1, 0.99, "code"), candidate("b", "1", 1, 0.80, "layout")}, {});
  EXPECT_FALSE(result.form.has_value());
  ASSERT_EQ(result.findings.size(), 1U);
  EXPECT_EQ(result.findings[0].code, "form_conflict");
  EXPECT_EQ(result.findings[0].severity, Severity::doubt);
}

TEST(Decide, reports_the_conflict_also_when_the_layout_ranks_first) {
  const auto result = decide(
      {candidate("b", "1", 1, 0.99, "layout+title"), candidate("a", "1", 1, 0.60, "code")}, {});
  EXPECT_FALSE(result.form.has_value());
  ASSERT_EQ(result.findings.size(), 1U);
  EXPECT_EQ(result.findings[0].code, "form_conflict");
}

TEST(Decide, believes_a_code_that_the_layout_confirms_against_a_look_alike) {
  const auto result = decide(
      {candidate("a", "1", 1, 0.99, "code+layout"), candidate("a", "2", 1, 0.60, "layout")}, {});
  ASSERT_TRUE(result.form.has_value());
  EXPECT_EQ(result.form->version, "1");
}

}  // namespace
}  // namespace postkamer::classify
