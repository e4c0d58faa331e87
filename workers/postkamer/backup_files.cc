// SPDX-License-Identifier: EUPL-1.2
#include "workers/postkamer/backup_files.h"

#include <sys/stat.h>

#include <cerrno>
#include <ctime>
#include <fstream>
#include <set>

#include <fmt/chrono.h>

#include "pipeline/base/bytes.h"

namespace postkamer {
namespace {

namespace fs = std::filesystem;

constexpr mode_t kOursOnly = 0700;

// What has its own way into a backup, or none.
bool is_apart(const std::string& name) {
  static const std::set<std::string> kApart{"blobs", "run", "backup.json"};
  return kApart.contains(name) || name.starts_with("journal.db");
}

}  // namespace

fs::path facts_file(const fs::path& backup) { return backup / "backup.json"; }

std::string now_as_text() {
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.000Z", fmt::gmtime(std::time(nullptr)));
}

tl::unexpected<Error> bad_plan(const char* reason, const std::string& message) {
  return fail(ErrorCode::invalid_config, reason, message);
}

bool is_missing_or_empty(const fs::path& folder) {
  std::error_code failed;
  if (!fs::exists(fs::symlink_status(folder, failed))) return true;
  return fs::is_directory(folder, failed) && fs::is_empty(folder, failed) && !failed;
}

Result<void> make_own_folder(const fs::path& folder) {
  std::error_code failed;
  fs::create_directories(folder, failed);
  if (!failed && ::chmod(folder.c_str(), kOursOnly) != 0)
    failed = std::error_code(errno, std::generic_category());
  if (!failed) return {};
  return fail(ErrorCode::unavailable, "file_unwritable",
              "while making " + folder.string() + ": " + failed.message());
}

Result<void> copy_rest(const fs::path& from, const fs::path& to) {
  std::error_code failed;
  for (const auto& entry : fs::directory_iterator(from, failed)) {
    if (is_apart(entry.path().filename().string())) continue;
    std::error_code gone;
    fs::copy(entry.path(), to / entry.path().filename(),
             fs::copy_options::recursive | fs::copy_options::copy_symlinks |
                 fs::copy_options::overwrite_existing,
             gone);
    if (gone && gone != std::errc::no_such_file_or_directory) failed = gone;
    if (failed) break;
  }
  if (!failed) return {};
  return fail(ErrorCode::unavailable, "file_unwritable",
              "while copying what lies in " + from.string() + ": " + failed.message());
}

// A journal may be larger than memory.
Result<std::string> sha256_of(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  Sha256 hash;
  Bytes chunk(1u << 20);
  while (stream) {
    stream.read(reinterpret_cast<char*>(chunk.data()), static_cast<std::streamsize>(chunk.size()));
    hash.add(ByteView(chunk.data(), static_cast<std::size_t>(stream.gcount())));
  }
  if (stream.eof()) return hash.hex();
  return fail(ErrorCode::unavailable, "file_unreadable", "while reading " + file.string());
}

}  // namespace postkamer
