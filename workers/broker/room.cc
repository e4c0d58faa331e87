// SPDX-License-Identifier: EUPL-1.2
#include "workers/broker/room.h"

#include <fcntl.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <limits>
#include <utility>

namespace postkamer::broker {
namespace {

constexpr std::uint64_t kMiB = 1u << 20;

struct Disk {
  std::uint64_t size = 0;
  std::uint64_t free = 0;
  [[nodiscard]] std::uint64_t least() const { return std::min(size / 20, 256 * kMiB); }
};

// One without an end when it cannot be told: writing will tell.
Disk disk_of(const std::filesystem::path& folder) {
  struct statvfs about {};
  if (::statvfs(folder.c_str(), &about) != 0) return {0, std::numeric_limits<std::uint64_t>::max()};
  return {std::uint64_t{about.f_blocks} * about.f_frsize,
          std::uint64_t{about.f_bavail} * about.f_frsize};
}

}  // namespace

Room::Room(const std::filesystem::path& folder, std::filesystem::path blobs)
    : folder_(folder), blobs_(std::move(blobs)), ballast_(folder / "ballast") {}

bool Room::look() {
  const Disk disk = disk_of(folder_);
  const Disk blobs = disk_of(blobs_);
  const std::uint64_t ballast = has_ballast() ? 0 : std::min(disk.size / 16, 64 * kMiB);
  const bool is_roomy = disk.free >= disk.least() + disk.least() / 4 + ballast &&
                        blobs.free >= blobs.least() + blobs.least() / 4;
  const bool is_tight = disk.free < disk.least() || blobs.free < blobs.least();
  const bool was_full = is_full_;
  is_full_ = was_full ? !is_roomy : is_tight;
  if (is_roomy && ballast > 0) make_ballast(ballast);
  return is_full_ != was_full;
}

bool Room::give_up_ballast() { return ::unlink(ballast_.c_str()) == 0; }

bool Room::has_ballast() const { return ::access(ballast_.c_str(), F_OK) == 0; }

// Its blocks are taken, not written. A file system that cannot do that has no ballast.
void Room::make_ballast(std::uint64_t size) {
  const int fd = ::open(ballast_.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) return;
  const bool is_made = ::fallocate(fd, 0, 0, static_cast<off_t>(size)) == 0;
  ::close(fd);
  if (!is_made) ::unlink(ballast_.c_str());
}

}  // namespace postkamer::broker
