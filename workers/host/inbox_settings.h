// SPDX-License-Identifier: EUPL-1.2
//
// What a mailroom says of one watched folder, [[inbox]] of the settings.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>

#include "pipeline/base/error.h"

namespace postkamer::host {

// When a document that waits for a person appears on the stream.
enum class PublishPolicy {
  settled,
  doubtful_too
};

// How changes of a folder are noticed.
enum class WatchMode {
  automatic,  // by events, unless the folder lies on a network or in user space
  events,
  polling
};

// What happens to a file whose bytes came before.
enum class DuplicatePolicy {
  link,   // not read again: laid aside in processed/ with the name of the first batch
  accept  // read again; its document says "possible_duplicate"
};

struct InboxSettings {
  std::string name;                            // "burgerzaken"; [A-Za-z0-9_-]+
  std::filesystem::path folder;                // watched
  std::filesystem::path store;                 // of work/, processed/, rejected/; empty = beside
  std::string batch_class;                     // of what lies in the folder itself
  std::map<std::string, std::string> classes;  // sub-folder -> the class of what lies in it
  PublishPolicy publish = PublishPolicy::settled;
  WatchMode watch = WatchMode::automatic;
  DuplicatePolicy duplicates = DuplicatePolicy::link;
  int duplicate_days = 0;  // older ones are no duplicates; 0 = however old
  // What comes in while the office is closed counts as received on the next working day.
  bool working_days = false;
  bool page_per_file = false;  // scan_001.tif, scan_002.tif are pages of one document

  int stable_ms = 3'000;           // untouched this long before a file is taken
  int network_stable_ms = 15'000;  // the same on a network file system; at least stable_ms
  int poll_ms = 5'000;             // a folder without events is looked through this often
  int rescan_ms = 60'000;          // and one with events, because events are only a hint
  int batch_quiet_ms = 60'000;     // a folder without marker is complete after so long a silence
  int gather_quiet_ms = 10'000;  // longer than the pause between two pages of a page-per-file scan
  int incomplete_ms = 900'000;   // a half file is taken after all, so that it gets a reason
  std::uint64_t min_free_bytes = 1ull << 30;  // with less, nothing more is taken

  // Where work/, processed/ and rejected/ lie.
  [[nodiscard]] std::filesystem::path store_folder() const {
    return store.empty() ? folder.parent_path() : store;
  }
};

// Whether the folders of these inboxes and `data` keep out of each other's way: a door that finds
// its own results in its inbox never comes to an end. Links are followed where the folders exist.
// Fails with: invalid_config (inbox_overlap), naming both.
Result<void> check_inbox_folders(std::span<const InboxSettings> inboxes,
                                 const std::filesystem::path& data);

}  // namespace postkamer::host
