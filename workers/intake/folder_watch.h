// SPDX-License-Identifier: EUPL-1.2
//
// Waits until something changes in a set of folders. Events are a hint, never a promise: what they
// miss, the next look through the folder finds.
#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "workers/host/inbox_settings.h"

namespace postkamer::intake {

// The file system a folder lies on.
struct FileSystem {
  std::string name;  // "ext4", "nfs", "cifs", "tmpfs", ...; "0x..." for one without a name here
  bool is_remote = false;  // changes made elsewhere raise no events here: NFS, SMB, FUSE, 9p, ...
};

// By statfs; a folder that is not there counts as remote, since nothing is known of it.
FileSystem file_system_of(const std::filesystem::path& folder);

class FolderWatch {
 public:
  explicit FolderWatch(host::WatchMode mode);
  ~FolderWatch();
  FolderWatch(FolderWatch&& other) noexcept;
  FolderWatch& operator=(FolderWatch&&) = delete;

  // Watches exactly these folders from now on, each in the way that its own file system needs.
  // A folder that was replaced by another of the same name is watched anew.
  void follow(const std::vector<std::filesystem::path>& folders);

  // True when changes of at least one folder raise no events.
  [[nodiscard]] bool must_poll() const { return must_poll_; }

  enum class Wake {
    timeout,
    change,
    overflow  // events were lost
  };
  // Waits for the first event, at most `longest`, and takes all that are there.
  Wake wait(std::chrono::milliseconds longest);

 private:
  [[nodiscard]] bool polls(const std::filesystem::path& folder) const;

  host::WatchMode mode_;
  int fd_;
  bool must_poll_ = false;
  std::map<int, std::filesystem::path> watched_;  // by descriptor
};

}  // namespace postkamer::intake
