// SPDX-License-Identifier: EUPL-1.2
//
// What goes wrong under a broker: chosen by a test, suffered by the program under test in another
// process. Both look at one struct in a file that both map, so that a test can change its mind.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <filesystem>
#include <string_view>

#include "tests/faults/kernel/calls.h"

namespace postkamer::faults {

// Where in its work a broker is, told by what it asks of the kernel.
enum class Place : int {
  none,
  blob_write,
  blob_sync,
  blob_name,      // the rename that gives a blob its name
  folder_sync,    // of a blob's folder
  journal_write,  // log or database
  commit,         // the sync of the log
  checkpoint,     // the sync of the database
  send,
  count
};
inline constexpr auto kPlaces = static_cast<std::size_t>(Place::count);
std::string_view name_of(Place place);
Place place_of(const Call& call);

// A countdown of n: the n-th time. 0 = never.
struct Faults {
  // Killed (SIGKILL) before or after passing a place.
  std::atomic<Place> kill_at;
  std::atomic<bool> kill_after;
  std::atomic<int> kill_countdown;
  // A call fails with `error`, once.
  std::atomic<Place> fail_at;
  std::atomic<int> fail_error;
  std::atomic<int> fail_countdown;
  // Every sync takes so long, and now and then (1 in `spike_every`) `spike_ms`.
  std::atomic<int> sync_ms;
  std::atomic<int> spike_ms, spike_every;
  // The clock on the wall is wrong by so much.
  std::atomic<std::int64_t> skew_ms;
  // The power is cut at a change of the disk; what is left of `cut_root` goes into `cut_to`.
  std::atomic<std::int64_t> cut_countdown;
  std::atomic<std::uint64_t> cut_seed;
  std::array<char, 256> cut_root, cut_to;
  // Mistakes, to show that they would be seen: the log is synced at checkpoints only
  // (synchronous=NORMAL); a blob's sync does nothing.
  std::atomic<bool> is_log_lazy, is_blob_sync_a_lie;

  // How often each place was passed; changes of the disk while a cut was planned.
  std::array<std::atomic<std::uint64_t>, kPlaces> passed;
  std::atomic<std::uint64_t> changes;
  // When a broker suffered what was planned.
  std::atomic<bool> is_struck;
};

// A map of `file`, which is made when it is not there.
class SharedFaults {
 public:
  explicit SharedFaults(const std::filesystem::path& file);
  ~SharedFaults();
  SharedFaults(const SharedFaults&) = delete;
  SharedFaults& operator=(const SharedFaults&) = delete;
  Faults* operator->() const { return faults_; }
  Faults& operator*() const { return *faults_; }

 private:
  Faults* faults_ = nullptr;
};

// Names the file in the environment of a program under test.
inline constexpr const char* kFaultsVariable = "POSTKAMER_FAULTS";

}  // namespace postkamer::faults
