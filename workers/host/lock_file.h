// SPDX-License-Identifier: EUPL-1.2
//
// Only one at a time: a lock that the kernel gives back when its holder ends, however it ends.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>

#include "pipeline/base/error.h"

namespace postkamer::host {

class LockFile {
 public:
  // Makes `file` where it is missing; it stays there. Not inherited by what the holder starts.
  // Gives nothing when another holds it. Fails with: invalid_config (lock_unusable).
  static Result<std::optional<LockFile>> try_take(const std::filesystem::path& file);

  // Tries again and again until it is free, which it soon is when a process of an earlier start is
  // still ending. Gives nothing when `stop` became true first, or after `timeout_ms`.
  static Result<std::optional<LockFile>> wait(const std::filesystem::path& file,
                                              const std::function<bool()>& stop, int timeout_ms);

  LockFile(LockFile&& other) noexcept;
  LockFile& operator=(LockFile&& other) noexcept;
  ~LockFile();

 private:
  explicit LockFile(int fd) : fd_(fd) {}
  int fd_;
};

}  // namespace postkamer::host
