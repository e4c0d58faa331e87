// SPDX-License-Identifier: EUPL-1.2
#include "workers/postkamer/backup_files.h"

#include <sys/stat.h>

#include <cerrno>
#include <charconv>
#include <ctime>
#include <fstream>
#include <optional>
#include <set>
#include <vector>

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

// A file or folder with all in it. Not as one fs::copy: that would end at the first file that goes
// meanwhile, and leave out the others.
std::error_code copy_entry(const fs::path& from, const fs::path& to) {
  std::error_code failed;
  if (fs::is_directory(fs::symlink_status(from, failed))) {
    fs::create_directory(to, from, failed);
    if (failed) return failed;
    for (const auto& entry : fs::directory_iterator(from, failed))
      if (const auto within = copy_entry(entry.path(), to / entry.path().filename())) return within;
  } else if (!failed) {
    fs::copy(from, to, fs::copy_options::copy_symlinks | fs::copy_options::overwrite_existing,
             failed);
  }
  return failed == std::errc::no_such_file_or_directory ? std::error_code() : failed;
}

// "0000000100.json" -> 100.
std::optional<std::uint64_t> number_of(const fs::path& file) {
  const std::string name = file.stem().string();
  std::uint64_t number = 0;
  const auto read = std::from_chars(name.data(), name.data() + name.size(), number);
  if (read.ec != std::errc{} || read.ptr != name.data() + name.size()) return std::nullopt;
  return number;
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
    failed = copy_entry(entry.path(), to / entry.path().filename());
    if (failed) break;
  }
  if (!failed) return {};
  return fail(ErrorCode::unavailable, "file_unwritable",
              "while copying what lies in " + from.string() + ": " + failed.message());
}

Result<void> leave_out_held_after(std::uint64_t head, const fs::path& copy) {
  std::error_code none, failed;
  for (const auto& sink : fs::directory_iterator(copy / "sinks", none)) {
    std::vector<fs::path> later;
    for (const auto& held : fs::directory_iterator(sink.path() / "held", none))
      if (number_of(held.path()).value_or(0) > head) later.push_back(held.path());
    for (const fs::path& file : later)
      if (!failed) fs::remove(file, failed);
  }
  if (!failed) return {};
  return fail(
      ErrorCode::unavailable, "file_unwritable",
      "while leaving out what sinks hold since in " + copy.string() + ": " + failed.message());
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
