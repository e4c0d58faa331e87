// SPDX-License-Identifier: EUPL-1.2
#include "workers/postkamer/work_folder.h"

#include <unistd.h>

#include <cstdlib>
#include <utility>

namespace postkamer {
namespace {

// 107 bytes for a socket's path, less "/run/control.sock" and room for what libzmq adds.
constexpr std::size_t kLongestFolder = 80;

}  // namespace

Result<WorkFolder> WorkFolder::create(const std::filesystem::path& out, bool keep) {
  std::error_code failed;
  if (std::filesystem::exists(out / "records.jsonl", failed) ||
      std::filesystem::exists(out / "work", failed))
    return fail(ErrorCode::invalid_config, "out_not_empty",
                "while preparing " + out.string() +
                    ": it already holds a run; name another folder, or remove this one first");
  WorkFolder folder;
  folder.keep_ = keep;
  folder.folder_ = std::filesystem::absolute(out, failed) / "work";
  std::filesystem::create_directories(folder.folder_, failed);
  if (failed)
    return fail(ErrorCode::unavailable, "out_unusable",
                "while making " + folder.folder_.string() + ": " + failed.message());
  folder.path_ = folder.folder_;
  if (folder.path_.native().size() <= kLongestFolder) return folder;

  std::string pattern = std::filesystem::temp_directory_path() / "postkamer-XXXXXX";
  if (mkdtemp(pattern.data()) == nullptr)
    return fail(ErrorCode::unavailable, "out_unusable", "while making a short link: " + pattern);
  folder.link_home_ = pattern;
  folder.path_ = folder.link_home_ / "w";
  std::filesystem::create_directory_symlink(folder.folder_, folder.path_, failed);
  if (failed)
    return fail(ErrorCode::unavailable, "out_unusable",
                "while linking " + folder.path_.string() + ": " + failed.message());
  return folder;
}

WorkFolder::WorkFolder(WorkFolder&& other) noexcept
    : folder_(std::exchange(other.folder_, {})),
      link_home_(std::exchange(other.link_home_, {})),
      path_(std::exchange(other.path_, {})),
      keep_(other.keep_) {}

WorkFolder::~WorkFolder() {
  std::error_code ignored;
  if (!link_home_.empty()) std::filesystem::remove_all(link_home_, ignored);
  if (!folder_.empty() && !keep_) std::filesystem::remove_all(folder_, ignored);
}

}  // namespace postkamer
