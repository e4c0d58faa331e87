// SPDX-License-Identifier: EUPL-1.2
//
// The source tree as the rules see it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace postkamer::rules {

struct Include {
  std::string header;
  bool is_ours = false;  // with quotes
  int line = 0;          // 1-based
};

struct SourceFile {
  std::string path;    // from the root, "pipeline/base/error.h"
  std::string folder;  // "pipeline/base/"
  std::string text;
  std::vector<Include> includes;

  [[nodiscard]] bool is_header() const { return path.ends_with(".h"); }
  [[nodiscard]] bool is_program() const { return path.ends_with("_main.cc"); }
  [[nodiscard]] bool is_in(std::string_view start) const { return path.starts_with(start); }
};

// All .h and .cc files under the given top-level folders, sorted by path.
std::vector<SourceFile> sources_in(const std::vector<std::string>& folders);

// pipeline, classifiers and workers: what is shipped.
const std::vector<SourceFile>& product();
// The same and tests.
const std::vector<SourceFile>& everything();

// The file's text; empty when there is none. `path` from the root.
std::string text_of_file(const std::string& path);

// `text` with comments, strings and character literals blanked out; lines keep their numbers.
std::string code_only(std::string_view text);
// The same with literals kept.
std::string without_comments(std::string_view text);

// 1-based number of the line at `position`.
int line_at(std::string_view text, std::size_t position);

}  // namespace postkamer::rules
