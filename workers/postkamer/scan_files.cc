// SPDX-License-Identifier: EUPL-1.2
#include "workers/postkamer/scan_files.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>

#include "workers/host/natural_order.h"

namespace postkamer {
namespace {

constexpr std::array<std::string_view, 6> kEndings{".pdf", ".tif",  ".tiff",
                                                   ".jpg", ".jpeg", ".png"};

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
    return host::natural_less(a.native(), b.native());
  };
  std::ranges::sort(files.taken, by_name);
  // Named twice, or named beside its folder: one file all the same.
  const auto twice = std::ranges::unique(files.taken);
  files.taken.erase(twice.begin(), twice.end());
  return files;
}

}  // namespace postkamer
