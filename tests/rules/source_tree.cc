// SPDX-License-Identifier: EUPL-1.2
#include "tests/rules/source_tree.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace postkamer::rules {
namespace {

namespace fs = std::filesystem;

const fs::path kRoot = POSTKAMER_SOURCE_DIR;

std::vector<Include> includes_of(std::string_view text) {
  std::vector<Include> out;
  std::istringstream lines{std::string(text)};
  std::string line;
  for (int number = 1; std::getline(lines, line); ++number) {
    if (!line.starts_with("#include ")) continue;
    const std::size_t open = line.find_first_of("<\"");
    if (open == std::string::npos) continue;
    const std::size_t close = line.find_first_of(">\"", open + 1);
    if (close == std::string::npos) continue;
    out.push_back({line.substr(open + 1, close - open - 1), line[open] == '"', number});
  }
  return out;
}

// The end of the comment or literal that starts at `at`; `at` itself when none does there.
std::size_t end_of_uncode(std::string_view text, std::size_t at) {
  const auto find = [&](std::string_view what, std::size_t from) {
    const std::size_t found = text.find(what, from);
    return found == std::string_view::npos ? text.size() : found + what.size();
  };
  const std::string_view here = text.substr(at);
  if (here.starts_with("//")) return std::max(at + 1, find("\n", at) - 1);
  if (here.starts_with("/*")) return find("*/", at + 2);
  if (here.starts_with("R\"")) {
    const std::size_t open = text.find('(', at);
    if (open == std::string_view::npos) return at;
    return find(")" + std::string(text.substr(at + 2, open - at - 2)) + "\"", open);
  }
  if (here.front() != '"' && here.front() != '\'') return at;
  // 1'000'000 is no character.
  const auto is_word = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; };
  if (here.front() == '\'' && at > 0 && is_word(text[at - 1])) return at;
  std::size_t i = at + 1;
  while (i < text.size() && text[i] != here.front()) i += text[i] == '\\' ? 2 : 1;
  return std::min(i + 1, text.size());
}

std::string blanked(std::string_view text, bool with_literals) {
  std::string out(text);
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = end_of_uncode(text, at);
    const bool keeps = !with_literals && text[at] != '/';
    if (end == at || keeps) {
      at = std::max(end, at + 1);
      continue;
    }
    for (; at < end; ++at)
      if (out[at] != '\n') out[at] = ' ';
  }
  return out;
}

}  // namespace

std::vector<SourceFile> sources_in(const std::vector<std::string>& folders) {
  std::vector<SourceFile> out;
  for (const std::string& folder : folders) {
    for (const auto& entry : fs::recursive_directory_iterator(kRoot / folder)) {
      const fs::path& path = entry.path();
      if (!entry.is_regular_file() || (path.extension() != ".h" && path.extension() != ".cc"))
        continue;
      SourceFile file;
      file.path = fs::relative(path, kRoot).generic_string();
      file.folder = file.path.substr(0, file.path.rfind('/') + 1);
      file.text = text_of_file(file.path);
      file.includes = includes_of(file.text);
      out.push_back(std::move(file));
    }
  }
  std::ranges::sort(out, {}, &SourceFile::path);
  return out;
}

const std::vector<SourceFile>& product() {
  static const auto files = sources_in({"pipeline", "classifiers", "workers"});
  return files;
}

const std::vector<SourceFile>& everything() {
  static const auto files = sources_in({"pipeline", "classifiers", "workers", "tests"});
  return files;
}

std::string text_of_file(const std::string& path) {
  std::ifstream in(kRoot / path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

std::string code_only(std::string_view text) { return blanked(text, true); }

std::string without_comments(std::string_view text) { return blanked(text, false); }

int line_at(std::string_view text, std::size_t position) {
  return 1 + static_cast<int>(std::ranges::count(text.substr(0, position), '\n'));
}

}  // namespace postkamer::rules
