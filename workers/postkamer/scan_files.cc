// SPDX-License-Identifier: EUPL-1.2
#include "workers/postkamer/scan_files.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace postkamer {
namespace {

constexpr std::array<std::string_view, 6> kEndings{".pdf", ".tif",  ".tiff",
                                                   ".jpg", ".jpeg", ".png"};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string_view take_number(std::string_view& text) {
  std::size_t length = 0;
  while (length < text.size() && is_digit(text[length])) ++length;
  auto number = text.substr(0, length);
  text.remove_prefix(length);
  while (number.size() > 1 && number.front() == '0') number.remove_prefix(1);
  return number;
}

bool is_scan_by_name(const std::filesystem::path& file) {
  std::string ending = file.extension();
  std::ranges::transform(ending, ending.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  const std::string name = file.filename();
  return !name.starts_with('.') && !name.starts_with("~$") &&
         std::ranges::find(kEndings, ending) != kEndings.end();
}

void add_folder(const std::filesystem::path& folder, ScanFiles& files) {
  using Options = std::filesystem::directory_options;
  std::error_code failed;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(
           folder, Options::skip_permission_denied, failed)) {
    if (!entry.is_regular_file(failed) || entry.is_symlink(failed)) continue;
    (is_scan_by_name(entry.path()) ? files.taken : files.ignored).push_back(entry.path());
  }
}

}  // namespace

bool natural_less(std::string_view a, std::string_view b) {
  while (!a.empty() && !b.empty()) {
    if (is_digit(a.front()) && is_digit(b.front())) {
      const auto x = take_number(a);
      const auto y = take_number(b);
      if (x.size() != y.size()) return x.size() < y.size();
      if (x != y) return x < y;
      continue;
    }
    if (a.front() != b.front()) return a.front() < b.front();
    a.remove_prefix(1);
    b.remove_prefix(1);
  }
  return a.empty() && !b.empty();
}

Result<ScanFiles> find_scans(const std::vector<std::filesystem::path>& inputs) {
  ScanFiles files;
  for (const auto& input : inputs) {
    std::error_code failed;
    if (std::filesystem::is_directory(input, failed))
      add_folder(std::filesystem::canonical(input, failed), files);
    else if (std::filesystem::is_regular_file(input, failed))
      files.taken.push_back(std::filesystem::canonical(input, failed));
    else
      return fail(ErrorCode::invalid_config, "input_missing",
                  "while looking for scans: " + input.string() +
                      " is no file and no folder; name one that exists");
  }
  const auto by_name = [](const std::filesystem::path& a, const std::filesystem::path& b) {
    return natural_less(a.native(), b.native());
  };
  std::ranges::sort(files.taken, by_name);
  // Named twice, or named beside its folder: one file all the same.
  const auto twice = std::ranges::unique(files.taken);
  files.taken.erase(twice.begin(), twice.end());
  return files;
}

}  // namespace postkamer
