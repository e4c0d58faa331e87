// SPDX-License-Identifier: EUPL-1.2
//
// What every source file is held to.
#include <algorithm>
#include <filesystem>
#include <string>

#include <gtest/gtest.h>
#include <re2/re2.h>

#include "tests/rules/source_tree.h"

namespace postkamer::rules {
namespace {

namespace fs = std::filesystem;

constexpr int kMostLines = 400;

// The text of the CMakeLists.txt in the file's folder or the nearest one above it.
std::string build_file_of(const SourceFile& file) {
  fs::path folder = fs::path(file.path).parent_path();
  for (; !folder.empty(); folder = folder.parent_path())
    if (std::string text = text_of_file((folder / "CMakeLists.txt").generic_string());
        !text.empty())
      return text;
  return {};
}

bool is_named_in(const std::string& name, const std::string& build_file) {
  const re2::RE2 word("(^|[\\s/(])" + re2::RE2::QuoteMeta(name) + "($|[\\s)])");
  return re2::RE2::PartialMatch(build_file, word);
}

TEST(Sources, are_all_built) {
  for (const SourceFile& file : everything()) {
    if (file.is_header()) continue;
    const std::string name = fs::path(file.path).filename().string();
    EXPECT_TRUE(is_named_in(name, build_file_of(file)))
        << file.path << " is in no CMakeLists.txt: it is never compiled";
  }
}

TEST(Sources, mirror_the_tree_in_their_unit_tests) {
  for (const SourceFile& file : everything()) {
    if (!file.is_in("tests/unit/")) continue;
    const std::string tested = file.folder.substr(std::string("tests/unit/").size());
    EXPECT_TRUE(fs::exists(fs::path(POSTKAMER_SOURCE_DIR) / tested)) << file.path;
  }
}

TEST(Sources, begin_with_their_licence) {
  for (const SourceFile& file : everything())
    EXPECT_TRUE(file.text.starts_with("// SPDX-License-Identifier: EUPL-1.2\n")) << file.path;
}

TEST(Sources, are_short_enough_to_read) {
  for (const SourceFile& file : everything())
    EXPECT_LE(std::ranges::count(file.text, '\n'), kMostLines) << file.path << ": split it";
}

TEST(Headers, guard_themselves_and_force_no_names_on_others) {
  const re2::RE2 using_namespace(R"((?m)^using namespace)");
  for (const SourceFile& file : everything()) {
    if (!file.is_header()) continue;
    EXPECT_NE(file.text.find("#pragma once\n"), std::string::npos) << file.path;
    EXPECT_FALSE(re2::RE2::PartialMatch(code_only(file.text), using_namespace)) << file.path;
  }
}

struct Banned {
  const char* pattern;
  const char* instead;
};

constexpr Banned kBanned[] = {
    {R"((?:^|[^_A-Za-z])assert\s*\()", "input is checked with Result, never with assert"},
    {R"(std::regex|std::wregex)", "RE2: std::regex can take exponential time and the whole stack"},
    {R"(\b(?:std::)?(?:stod|stof|stold|atof|strtod|strtof)\s*\()",
     "std::from_chars: these follow the locale, and a Dutch one reads 1,5"},
    {R"(\bsetlocale\s*\(|std::locale\b)", "nothing: the locale is the program's, not ours"},
    {R"(\b(?:rand|srand)\s*\()", "a seeded generator that is passed in"},
    {R"(\b(?:sprintf|strcpy|strcat|gets)\s*\()", "fmt or std::string"},
    {R"(\bsystem\s*\(|\bpopen\s*\()", "posix_spawn with an argument list: no shell"},
    {R"(ZMQ_HEARTBEAT|heartbeat_(?:ivl|ttl|timeout))",
     "PING of our own: libzmq 4.3.4 aborts when its heartbeats meet back-pressure"},
};

// Where `pattern` occurs in the code of a file, as "path:line: what".
std::vector<std::string> violations(const SourceFile& file, const Banned& banned) {
  const std::string code = code_only(file.text);
  const re2::RE2 expression(banned.pattern);
  std::vector<std::string> out;
  re2::StringPiece match;
  for (std::size_t at = 0; expression.Match(code, at, code.size(), re2::RE2::UNANCHORED, &match, 1);
       at = static_cast<std::size_t>(match.data() - code.data()) + match.size())
    out.push_back(file.path + ":" +
                  std::to_string(line_at(
                      code, static_cast<std::size_t>(match.data() + match.size() - code.data()))) +
                  ": use " + banned.instead);
  return out;
}

TEST(Sources, use_nothing_that_is_banned) {
  for (const SourceFile& file : product())
    for (const Banned& banned : kBanned)
      for (const std::string& violation : violations(file, banned)) ADD_FAILURE() << violation;
}

TEST(Sources, hold_no_promises) {
  const re2::RE2 promise(R"(\b(?:TODO|FIXME|XXX|HACK)\b)");
  for (const SourceFile& file : product())
    EXPECT_FALSE(re2::RE2::PartialMatch(file.text, promise)) << file.path;
}

// The rules must be able to fail.
TEST(Sources, are_caught_when_they_break_a_rule) {
  SourceFile file;
  file.text = "int f(int x) {\n  assert(x > 0);\n  return x;\n}\n";
  ASSERT_EQ(violations(file, kBanned[0]).size(), 1u);
  EXPECT_NE(violations(file, kBanned[0])[0].find(":2:"), std::string::npos);
  file.text = "static_assert(1 > 0);\n// assert(x)\nconst char* s = \"assert(x)\"; int n = 1'000;";
  EXPECT_TRUE(violations(file, kBanned[0]).empty());
  file.text = "double d = std::stod(text);";
  EXPECT_EQ(violations(file, kBanned[2]).size(), 1u);
  file.text = "socket.set(zmq::sockopt::heartbeat_ivl, 1'000);";
  EXPECT_EQ(violations(file, kBanned[std::size(kBanned) - 1]).size(), 1u);
  EXPECT_TRUE(is_named_in("a.cc", "SOURCES a.cc b.cc)"));
  EXPECT_TRUE(is_named_in("b.cc", "SOURCES a.cc b.cc)"));
  EXPECT_FALSE(is_named_in("a.cc", "SOURCES ba.cc"));
  EXPECT_EQ(code_only("a /* b */ c // d\n\"e\" R\"(f)\" 'g' 1'0"),
            "a         c     \n               1'0");
}

}  // namespace
}  // namespace postkamer::rules
