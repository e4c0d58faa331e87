// SPDX-License-Identifier: EUPL-1.2
#include "workers/intake/claim.h"

#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>
#include <map>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "pipeline/base/calendar.h"
#include "workers/host/natural_order.h"
#include "workers/intake/file_check.h"
#include "workers/intake/page_series.h"
#include "workers/intake/readiness.h"
#include "workers/intake/submission.h"
#include "workers/wire/utf8.h"

namespace postkamer::intake {
namespace {

using std::filesystem::path;

constexpr std::uintmax_t kMarkerBytes = 4096;

// Why it is no scan; empty for a file that may be one.
std::string refusal_of(const path& file) {
  struct stat about {};
  if (lstat(file.c_str(), &about) != 0) return {};  // the store will say what is the matter
  if (S_ISLNK(about.st_mode)) return "file_is_link";
  if (S_ISDIR(about.st_mode)) return "folder_too_deep";
  if (!S_ISREG(about.st_mode)) return "file_is_special";
  return about.st_size == 0 ? "file_empty" : "";
}

std::vector<path> sorted_entries(const path& folder) {
  std::vector<path> entries;
  std::error_code failed;
  for (const auto& entry : std::filesystem::directory_iterator(folder, failed))
    entries.push_back(entry.path());
  std::ranges::sort(entries, [](const path& a, const path& b) {
    const std::string x = a.filename();
    const std::string y = b.filename();
    if (host::natural_less(x, y)) return true;
    return !host::natural_less(y, x) && x < y;
  });
  return entries;
}

std::vector<Unit> units_of(const std::vector<path>& files, bool page_per_file) {
  std::vector<Unit> units;
  std::map<std::string, std::size_t> unit_of_series;
  for (const path& file : files) {
    if (is_passing_name(file.filename().native())) continue;
    const std::string refusal = refusal_of(file);
    if (page_per_file && refusal.empty()) {
      const auto [found, is_new] =
          unit_of_series.try_emplace(series_of(file.filename().native()), units.size());
      if (!is_new) {
        units[found->second].files.push_back(file);
        continue;
      }
    }
    units.push_back({ledger_name(file), {file}, refusal});
  }
  return units;
}

void read_marker(const path& marker, ClaimContents& contents) {
  const auto bytes = read_foreign(marker, kMarkerBytes);
  if (bytes && bytes->empty()) return;
  contents.is_marker_wrong = true;
  const auto said = nlohmann::json::parse(text_of(bytes ? *bytes : Bytes{}), nullptr, false);
  if (!said.is_object()) return;
  for (const auto& [key, value] : said.items()) {
    if (key == "expected_sheets" && value.is_number_unsigned() && value < 1'000'000)
      contents.expected_sheets = value.get<int>();
    else if (key == "date_of_receipt" && value.is_string() && iso_day(value.get<std::string>()))
      contents.date_of_receipt = value.get<std::string>();
    else
      return;
  }
  contents.is_marker_wrong = false;
}

}  // namespace

std::string ClaimName::text() const {
  return key + (class_folder.empty() ? "" : "=" + class_folder) +
         (batch.empty() ? "" : "@" + batch);
}

std::time_t ClaimName::time() const { return static_cast<std::time_t>(std::atoll(key.c_str())); }

ClaimName claim_name_of(const path& claim) {
  ClaimName name{claim.filename(), {}, {}};
  const auto cut = [&](char mark) {
    const auto at = name.key.find(mark);
    if (at == std::string::npos) return std::string();
    std::string tail = name.key.substr(at + 1);
    name.key.resize(at);
    return tail;
  };
  name.batch = cut('@');
  name.class_folder = cut('=');
  return name;
}

std::string ledger_name(const path& file) {
  const std::string name = file.filename();
  if (wire::utf8(name) == name) return name;
  std::string escaped;
  for (const unsigned char c : name)
    escaped += c < 0x80 ? std::string(1, static_cast<char>(c)) : fmt::format("%{:02X}", c);
  return escaped;
}

ClaimContents contents_of(const path& claim, bool page_per_file) {
  ClaimContents contents;
  const std::vector<path> entries = sorted_entries(claim);
  if (entries.empty()) return contents;
  contents.root = entries.front();
  std::error_code failed;
  contents.is_folder =
      entries.size() == 1 && std::filesystem::symlink_status(contents.root, failed).type() ==
                                 std::filesystem::file_type::directory;
  if (!contents.is_folder) {
    contents.units = units_of(entries, page_per_file);
    return contents;
  }
  const std::vector<path> files = sorted_entries(contents.root);
  contents.units = units_of(files, page_per_file);
  for (const path& file : files)
    if (is_marker(file.filename().native())) read_marker(file, contents);
  if (contents.is_marker_wrong)
    for (Unit& unit : contents.units) unit.refusal = "batch_marker_invalid";
  return contents;
}

}  // namespace postkamer::intake
