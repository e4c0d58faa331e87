// SPDX-License-Identifier: EUPL-1.2
//
// The door of one watched folder. Looks what is ready, takes it by a rename (so there is exactly
// one taker, and what comes later under the old name is a new file), and brings it to the broker
// through the claim desk. Never deletes a file. A crash at any point is healed at the next start.
//
// Folders, in the inbox's store, which is beside the inbox unless the settings say otherwise:
//   work/<inbox>/<claim>/NAME       taken, not yet settled (claim.h)
//   processed/, rejected/           settled (settle.h)
// When the store lies on another file system than the inbox:
//   INBOX/.postkamer/<claim>/NAME   taken, and being copied to work/
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "pipeline/base/error.h"
#include "workers/host/inbox_settings.h"
#include "workers/intake/claim_desk.h"
#include "workers/intake/folder_watch.h"
#include "workers/intake/readiness.h"

namespace postkamer::intake {

// Bytes free for us on the file system of a folder; the most there is when it cannot be told.
std::uint64_t free_bytes_at(const std::filesystem::path& folder);

// How a door sees the world, so that a test can show it a full disk or a file system of its own.
struct DoorSenses {
  FileCheck check = check_file;
  Readiness::IsRemote is_remote;  // left empty: file_system_of
  std::function<std::uint64_t(const std::filesystem::path&)> free_bytes = free_bytes_at;
};

class Door {
 public:
  using Clock = Readiness::Clock;

  // `data`: the mailroom's data folder, whose disk must have room too. `status`: the file that
  // tells what waits (inbox_status.h); empty = none.
  Door(host::InboxSettings inbox, std::filesystem::path data, std::filesystem::path status,
       ClaimDesk desk, DoorSenses senses = {});

  // One round: looks if a look is due, takes what is ready, pushes the claims one step further.
  // A broker that does not answer is waited for: what failed is tried again in a later round.
  void round();

  // Rounds until `stop` says so, waiting in between until something may have changed.
  void run(const std::function<bool()>& stop);

  // Where an inbox's claims lie.
  static std::filesystem::path work_of(const host::InboxSettings& inbox);

 private:
  void look_for_space(Clock::time_point now);
  void set_stopped(const std::string& reason);
  void look(Clock::time_point now);
  std::size_t take_all(Clock::time_point now);
  [[nodiscard]] Clock::time_point next_after_look(Clock::time_point now) const;
  bool take(const Ready& ready, Clock::time_point now);
  bool stage(const Ready& ready, const std::string& claim, Clock::time_point now);
  void bring_in_staged();
  bool name_what_came();
  bool bring_in(const std::filesystem::path& staged);
  void push_claims(Clock::time_point now);
  void tell_status(Clock::time_point now);
  [[nodiscard]] std::chrono::milliseconds until_next(Clock::time_point now) const;

  host::InboxSettings inbox_;
  std::filesystem::path data_;
  std::filesystem::path status_file_;
  ClaimDesk desk_;
  DoorSenses senses_;
  Readiness readiness_;
  FolderWatch watch_;
  Look last_look_;
  Clock::time_point next_space_;
  Clock::time_point next_look_;
  Clock::time_point rested_;  // no look for events before
  Clock::time_point next_push_;
  Clock::time_point next_bring_in_;
  Clock::time_point next_status_;
  std::string stopped_;  // reason
  std::string trouble_;  // of the broker or the store, told once
  std::uint64_t free_ = 0;
  std::uint64_t taken_ = 0;
  bool has_staged_ = true;  // until looked
};

}  // namespace postkamer::intake
