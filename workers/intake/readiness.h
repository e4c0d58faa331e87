// SPDX-License-Identifier: EUPL-1.2
//
// What in a watched folder may be taken now, and what still waits for which reason.
//
//   FOLDER/scan.pdf            a file: taken once untouched for `stable`, and whole
//   FOLDER/scan_001.tif ...    with page_per_file: the pages of one document, taken together once
//                              no page came for `gather_quiet`
//   FOLDER/stapel/             a folder: one batch; taken as a whole when `.done` or `.ready` is in
//                              it and its files are whole, or when it was quiet for `batch_quiet`
//   FOLDER/Burgerzaken/        a folder named in `classes`: the same again, for another batch class
//
// Links, pipes, sockets and devices are given too, so that they get a reason instead of lying there
// for ever. The clock of whoever writes is never trusted: times of files are only compared with
// themselves.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "workers/host/inbox_settings.h"
#include "workers/intake/file_check.h"

namespace postkamer::intake {

// Markers of a complete batch, by name, in its folder.
bool is_marker(std::string_view name);

// What is taken in one act and becomes one batch.
struct Ready {
  std::string class_folder;                    // name of the sub-folder it lies in; empty = none
  std::vector<std::filesystem::path> entries;  // one file or folder; or the files of one document
};

// What cannot be taken yet. For people: names of files stand in it.
struct Waiting {
  std::filesystem::path file;
  std::string reason;                           // a row of finding_texts
  std::chrono::steady_clock::time_point since;  // of its last change
};

struct Look {
  std::vector<Ready> ready;                    // natural order of the names, then arrival
  std::vector<Waiting> waiting;                // at most kMostWaiting of them
  std::size_t settling = 0;                    // too young to say anything about
  std::vector<std::filesystem::path> folders;  // that were looked into, to be watched
  // When the next look may give more, if nothing changes.
  std::optional<std::chrono::steady_clock::time_point> next;
  std::string trouble;  // a reason why the folder itself cannot be looked into; empty = none
};

class Readiness {
 public:
  using Clock = std::chrono::steady_clock;
  using IsRemote = std::function<bool(const std::filesystem::path& folder)>;

  static constexpr std::size_t kMostWaiting = 200;

  explicit Readiness(
      host::InboxSettings inbox, FileCheck check = check_file,
      IsRemote is_remote = [](const std::filesystem::path&) { return false; });

  // Looks; opens at most about `most` files that look ready, and gives no more of them.
  Look look(Clock::time_point now, std::size_t most = SIZE_MAX);

  // `entry` could not be taken: it is left alone for a while, longer each time, up to a minute.
  void hold(const std::filesystem::path& entry, std::string_view reason, Clock::time_point now);

 private:
  struct Sighting {
    std::uint64_t size = 0;
    std::int64_t written = 0;  // the file's own time of change, for comparing only
    std::uint64_t node = 0;
    Clock::time_point since;       // unchanged
    Clock::time_point look_again;  // not before
    std::chrono::milliseconds pause{0};
    std::string reason;  // that held it at the last check
    bool seen = false;   // in this look
  };
  struct Entry;
  struct Round;

  void look_into(Round& round, const std::filesystem::path& folder,
                 const std::string& class_folder);
  void look_at_batch(Round& round, const std::filesystem::path& folder,
                     const std::string& class_folder);
  std::optional<std::vector<Entry>> entries_of(Round& round, const std::filesystem::path& folder);
  Sighting& sight(const Round& round, const std::filesystem::path& file, std::uint64_t size,
                  std::int64_t written, std::uint64_t node);
  bool may_be_taken(Round& round, const std::filesystem::path& file, Sighting& sighting);
  void hold(Sighting& sighting, std::string_view reason, Clock::time_point now);
  void take_files(Round& round, std::vector<Entry> files, const std::string& class_folder);
  void take_series(Round& round, const std::vector<Entry>& files, const std::string& class_folder);

  host::InboxSettings inbox_;
  FileCheck check_;
  IsRemote is_remote_;
  std::map<std::string, Sighting> sightings_;
};

}  // namespace postkamer::intake
