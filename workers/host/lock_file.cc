// SPDX-License-Identifier: EUPL-1.2
#include "workers/host/lock_file.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace postkamer::host {

Result<std::optional<LockFile>> LockFile::try_take(const std::filesystem::path& file) {
  const int fd = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0)
    return fail(ErrorCode::invalid_config, "lock_unusable",
                "making the lock " + file.string() + ": " + std::strerror(errno));
  LockFile lock(fd);
  if (::flock(fd, LOCK_EX | LOCK_NB) != 0) return std::nullopt;
  return std::optional(std::move(lock));
}

Result<std::optional<LockFile>> LockFile::wait(const std::filesystem::path& file,
                                               const std::function<bool()>& stop, int timeout_ms) {
  constexpr int kLookMs = 50;
  for (int waited = 0;; waited += kLookMs) {
    auto lock = try_take(file);
    if (!lock || *lock || waited >= timeout_ms) return lock;
    if (stop()) return std::nullopt;
    ::poll(nullptr, 0, kLookMs);
  }
}

LockFile::LockFile(LockFile&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

LockFile& LockFile::operator=(LockFile&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

LockFile::~LockFile() {
  if (fd_ >= 0) ::close(fd_);
}

}  // namespace postkamer::host
