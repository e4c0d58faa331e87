// SPDX-License-Identifier: EUPL-1.2
//
// What a door tells of itself: a file in the mailroom's run folder, which `postkamer status` and
// `postkamer inbox list` read. Names of files stand in it; only the mailroom's own user can read
// it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace postkamer::intake {

struct InboxStatus {
  struct Waiting {
    std::string name;          // relative to the inbox
    std::string reason;        // a row of finding_texts
    std::int64_t since_s = 0;  // waits so long
  };

  std::string inbox;
  std::string folder;
  std::string file_system;     // "ext4"
  bool polls = false;          // else woken by events
  std::string stopped;         // why nothing is taken: disk_full, folder_missing, ...; empty = open
  std::uint64_t taken = 0;     // claims since the door opened
  std::uint64_t underway = 0;  // claims not settled yet
  std::uint64_t settling = 0;  // files too young to be taken
  std::uint64_t free_bytes = 0;
  std::vector<Waiting> waiting;  // at most 200
  std::int64_t written_at = 0;   // seconds since 1970
};

std::filesystem::path status_file(const std::filesystem::path& run_folder,
                                  const std::string& inbox);

// Errors are not told: a status that cannot be written must not stop a mailroom.
void write_status(const std::filesystem::path& file, const InboxStatus& status);

// Nothing when there is none, or it cannot be understood.
std::optional<InboxStatus> read_status(const std::filesystem::path& file);

}  // namespace postkamer::intake
