// SPDX-License-Identifier: EUPL-1.2
//
// Every code that an operator can meet has its Dutch sentence: findings, and the errors that put a
// file, page or document aside. Errors of the installation (unavailable, invalid_config,
// corrupt_store) speak for themselves to whoever runs the system.
#include <map>
#include <string>

#include <gtest/gtest.h>
#include <re2/re2.h>

#include "pipeline/model/finding_texts.h"
#include "tests/rules/source_tree.h"

namespace postkamer::rules {
namespace {

constexpr const char* kPatterns[] = {
    // fail(ErrorCode::x, "reason", ...) and Error{ErrorCode::x, "reason", ...}
    R"((?:fail\(|Error\{)\s*ErrorCode::(?:invalid_document|resource_limit|unsupported|internal),\s*"([a-z0-9_]+)\")",
    // {"code", field, page, Severity::x, ...}
    R"(\{\s*"([a-z]+(?:_[a-z0-9]+)+)\",[^{};]*?Severity::)",
    // finding.code = "..."
    R"(\.code = "([a-z0-9_]+)\")",
};

// Code -> where it is given.
std::map<std::string, std::string> codes_in(const std::string& path, const std::string& text) {
  std::map<std::string, std::string> out;
  for (const char* pattern : kPatterns) {
    const re2::RE2 expression(pattern);
    re2::StringPiece groups[2];
    std::size_t at = 0;
    while (expression.Match(text, at, text.size(), re2::RE2::UNANCHORED, groups, 2)) {
      const auto from = static_cast<std::size_t>(groups[0].data() - text.data());
      out.emplace(groups[1].as_string(), path + ":" + std::to_string(line_at(text, from)));
      at = from + groups[0].size();
    }
  }
  return out;
}

TEST(FindingCodes, all_have_their_sentence) {
  for (const SourceFile& file : product())
    for (const auto& [code, where] : codes_in(file.path, without_comments(file.text)))
      EXPECT_NE(finding_text(code).dutch, finding_text("no_such_code").dutch)
          << where << " gives \"" << code << "\", which pipeline/model/finding_texts.cc lacks";
}

TEST(FindingCodes, are_found_in_all_the_ways_they_are_written) {
  const auto codes = codes_in("f.cc", R"(
    return fail(ErrorCode::internal,
                "one_a", "...");
    findings.push_back({"two_b", field, 1, Severity::doubt, ""});
    finding.code = "three_c";
    Error{ErrorCode::unsupported, "four_d", ""};)");
  ASSERT_EQ(codes.size(), 4u);
  EXPECT_EQ(codes.at("one_a"), "f.cc:2");
}

}  // namespace
}  // namespace postkamer::rules
