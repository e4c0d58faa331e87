// SPDX-License-Identifier: EUPL-1.2
//
// The three laws: data flows down, includes point up; stages do not include each other; every
// third-party library has its home.
#include <algorithm>
#include <filesystem>
#include <set>

#include <gtest/gtest.h>

#include "tests/rules/layering.h"
#include "tests/rules/source_tree.h"

namespace postkamer::rules {
namespace {

// Pure C++ headers have neither a dot nor a slash.
bool is_standard(std::string_view header) {
  return header.find_first_of("./") == std::string_view::npos;
}

bool may_include_ours(const SourceFile& file, std::string_view header) {
  if (header.starts_with(file.folder)) return true;
  // Making forms is a stage of its own; being inside pipeline/forms/ gives no right to it.
  return std::ranges::any_of(kEdges, [&](const Edge& edge) {
    if (file.is_in("pipeline/base/")) return false;
    if (file.is_in("pipeline/model/") && edge.header != "pipeline/base/") return false;
    return file.folder.starts_with(edge.folder) && header.starts_with(edge.header);
  });
}

bool may_include_theirs(const SourceFile& file, std::string_view header) {
  // What travels in our own headers (Result) is at home wherever those go.
  return std::ranges::any_of(kHomes, [&](const Home& home) {
    return header.starts_with(home.header) && file.folder.starts_with(home.folder);
  });
}

std::string at(const SourceFile& file, const Include& include) {
  return file.path + ":" + std::to_string(include.line) + " includes " + include.header;
}

TEST(Layering, includes_point_up_and_stages_do_not_include_each_other) {
  for (const SourceFile& file : product())
    for (const Include& include : file.includes)
      EXPECT_TRUE(!include.is_ours || may_include_ours(file, include.header))
          << at(file, include) << "; see kEdges in tests/rules/layering.h";
}

TEST(Layering, every_library_stays_in_its_home) {
  for (const SourceFile& file : product())
    for (const Include& include : file.includes)
      EXPECT_TRUE(include.is_ours || is_standard(include.header) ||
                  may_include_theirs(file, include.header))
          << at(file, include) << "; see kHomes in tests/rules/layering.h";
}

TEST(Layering, pipeline_and_classifiers_know_no_files_clocks_threads_or_chance) {
  for (const SourceFile& file : product()) {
    if (file.is_in("workers/") || file.is_program()) continue;
    for (const Include& include : file.includes)
      EXPECT_EQ(std::ranges::find(kImpure, include.header), kImpure.end()) << at(file, include);
  }
}

TEST(Layering, our_headers_are_included_by_their_path_from_the_root) {
  for (const SourceFile& file : everything())
    for (const Include& include : file.includes) {
      if (!include.is_ours) continue;
      EXPECT_TRUE(
          std::filesystem::exists(std::filesystem::path(POSTKAMER_SOURCE_DIR) / include.header))
          << at(file, include) << ", which is no file of ours";
    }
}

TEST(Layering, nothing_that_is_shipped_includes_a_test) {
  for (const SourceFile& file : product())
    for (const Include& include : file.includes) {
      EXPECT_FALSE(include.header.starts_with("tests/")) << at(file, include);
      EXPECT_FALSE(include.header.starts_with("gtest/") || include.header.starts_with("gmock/"))
          << at(file, include);
    }
}

// The law must be able to fail: files that break it are caught.
TEST(Layering, catches_what_breaks_it) {
  SourceFile file;
  file.path = "pipeline/deskew/deskew.cc";
  file.folder = "pipeline/deskew/";
  EXPECT_TRUE(may_include_ours(file, "pipeline/deskew/skew.h"));
  EXPECT_TRUE(may_include_ours(file, "pipeline/forms/form.h"));
  EXPECT_FALSE(may_include_ours(file, "pipeline/forms/load.h"));
  EXPECT_FALSE(may_include_ours(file, "pipeline/ocr/recognise.h"));
  EXPECT_FALSE(may_include_ours(file, "workers/host/worker.h"));
  EXPECT_FALSE(may_include_ours(file, "classifiers/mark/mark.h"));
  EXPECT_FALSE(may_include_theirs(file, "tesseract/baseapi.h"));
  EXPECT_FALSE(may_include_theirs(file, "zmq.hpp"));
  EXPECT_FALSE(may_include_theirs(file, "boost/any.hpp"));
  file.path = "pipeline/model/page.h";
  file.folder = "pipeline/model/";
  EXPECT_FALSE(may_include_ours(file, "pipeline/forms/form.h"));
  file.path = "classifiers/form/form.h";
  file.folder = "classifiers/form/";
  EXPECT_TRUE(may_include_ours(file, "pipeline/classify/classify.h"));
  EXPECT_FALSE(may_include_ours(file, "pipeline/deskew/deskew.h"));
  EXPECT_FALSE(may_include_ours(file, "workers/wire/message.h"));
}

TEST(House, has_its_six_rooms_and_no_others) {
  std::set<std::string> rooms;
  for (const auto& entry : std::filesystem::directory_iterator(POSTKAMER_SOURCE_DIR)) {
    const std::string name = entry.path().filename().string();
    const std::string ignored = "/" + name + "/";
    if (!entry.is_directory() || name.starts_with(".")) continue;
    if (text_of_file(".gitignore").find(ignored) == std::string::npos) rooms.insert(name);
  }
  rooms.erase("shared");  // a mount of the workplace, never in the repository
  EXPECT_EQ(rooms, (std::set<std::string>{"pipeline", "classifiers", "workers", "config", "tests",
                                          "sample-scans"}));
}

}  // namespace
}  // namespace postkamer::rules
