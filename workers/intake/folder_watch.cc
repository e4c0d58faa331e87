// SPDX-License-Identifier: EUPL-1.2
#include "workers/intake/folder_watch.h"

#include <poll.h>
#include <sys/inotify.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include <fmt/format.h>

namespace postkamer::intake {
namespace {

// statfs(2) and linux/magic.h, which has not all of them.
struct Known {
  std::uint32_t magic;
  const char* name;
  bool is_remote;
};

constexpr std::array kKnown{
    Known{0xEF53, "ext4", false},        Known{0x58465342, "xfs", false},
    Known{0x9123683E, "btrfs", false},   Known{0x01021994, "tmpfs", false},
    Known{0x794C7630, "overlay", false}, Known{0x2FC12FC1, "zfs", false},
    Known{0xF2F52010, "f2fs", false},    Known{0x4D44, "vfat", false},
    Known{0x2011BAB0, "exfat", false},   Known{0x5346544E, "ntfs", false},
    Known{0x7366746E, "ntfs3", false},   Known{0x6969, "nfs", true},
    Known{0xFF534D42, "cifs", true},     Known{0xFE534D42, "smb2", true},
    Known{0x517B, "smb", true},          Known{0x65735546, "fuse", true},
    Known{0x01021997, "9p", true},       Known{0x00C36400, "ceph", true},
    Known{0x5346414F, "afs", true},      Known{0x73757245, "coda", true},
    Known{0x786F4256, "vboxsf", true},   Known{0x47504653, "gpfs", true},
    Known{0x0BD00BD0, "lustre", true},   Known{0x01161970, "gfs2", true},
    Known{0x7461636F, "ocfs2", true},
};

constexpr std::uint32_t kEvents =
    IN_CREATE | IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_ATTRIB | IN_ONLYDIR;

}  // namespace

FileSystem file_system_of(const std::filesystem::path& folder) {
  struct statfs about {};
  if (statfs(folder.c_str(), &about) != 0) return {"unknown", true};
  const auto magic = static_cast<std::uint32_t>(about.f_type);
  const auto known = std::ranges::find(kKnown, magic, &Known::magic);
  if (known != kKnown.end()) return {known->name, known->is_remote};
  return {fmt::format("{:#x}", magic), false};
}

FolderWatch::FolderWatch(host::WatchMode mode)
    : mode_(mode), fd_(inotify_init1(IN_NONBLOCK | IN_CLOEXEC)) {}

FolderWatch::FolderWatch(FolderWatch&& other) noexcept
    : mode_(other.mode_),
      fd_(std::exchange(other.fd_, -1)),
      must_poll_(other.must_poll_),
      watched_(std::move(other.watched_)) {}

FolderWatch::~FolderWatch() {
  if (fd_ >= 0) close(fd_);
}

bool FolderWatch::polls(const std::filesystem::path& folder) const {
  if (mode_ != host::WatchMode::automatic) return mode_ == host::WatchMode::polling;
  return file_system_of(folder).is_remote;
}

void FolderWatch::follow(const std::vector<std::filesystem::path>& folders) {
  std::map<int, std::filesystem::path> now;
  must_poll_ = folders.empty();
  for (const auto& folder : folders) {
    // Watching a folder again is free, and gives another descriptor when it became another folder.
    const int watch =
        fd_ < 0 || polls(folder) ? -1 : inotify_add_watch(fd_, folder.c_str(), kEvents);
    if (watch >= 0)
      now[watch] = folder;
    else
      must_poll_ = true;
  }
  for (const auto& [watch, folder] : watched_)
    if (!now.contains(watch)) inotify_rm_watch(fd_, watch);
  watched_ = std::move(now);
}

FolderWatch::Wake FolderWatch::wait(std::chrono::milliseconds longest) {
  pollfd watched{fd_, POLLIN, 0};
  if (poll(&watched, fd_ >= 0 ? 1 : 0, static_cast<int>(longest.count())) <= 0)
    return Wake::timeout;
  Wake wake = Wake::timeout;
  alignas(inotify_event) std::array<char, 16'384> events{};
  for (ssize_t got = 0; (got = read(fd_, events.data(), events.size())) > 0;)
    for (const char* at = events.data(); at < events.data() + got;) {
      const auto* event = reinterpret_cast<const inotify_event*>(at);
      if ((event->mask & IN_Q_OVERFLOW) != 0) wake = Wake::overflow;
      if (wake == Wake::timeout && (event->mask & IN_IGNORED) == 0) wake = Wake::change;
      at += sizeof(inotify_event) + event->len;
    }
  return wake;
}

}  // namespace postkamer::intake
