// SPDX-License-Identifier: EUPL-1.2
//
// The walls of a box: resource limits, no new privileges, no core file, Landlock, seccomp. Two
// kinds of box have them: a program of ours shuts itself in once it has loaded everything; a
// program of others (pdftoppm) is shut in between fork and exec. No root is needed for either.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "pipeline/base/error.h"
#include "workers/host/box_features.h"
#include "workers/host/box_filter.h"

namespace postkamer::host {

struct Ceilings {
  std::uint64_t memory_bytes = 0;  // address space, everything included; 0 = none
  std::uint64_t file_bytes = 0;    // that it may write into one open file
  std::uint64_t cpu_seconds = 0;   // in its whole life; 0 = none
  std::uint64_t open_files = 4;    // descriptors: standard ones and one to talk over
};

// Core files off, for this process and what it starts: pages of people stay in memory.
void forbid_core_files();

// Shuts the calling process in for the rest of its life, behind every wall that `features` has. It
// must have one thread, hold only descriptors it needs, and have loaded whatever it will need.
// Fails with: internal (box_not_closed) naming the wall; the process must then end.
Result<void> shut_in(const Ceilings& ceilings, const KernelFeatures& features);

// Walls around a program of others: it can read what it was started with and its fonts and
// libraries, write to its standard output, and nothing else.
class ForeignWalls {
 public:
  // `program` must live, unmoved, until execve(program.c_str(), ...).
  // Fails with: internal (box_not_closed).
  static Result<ForeignWalls> around(const std::string& program, const Ceilings& ceilings,
                                     const KernelFeatures& features);
  ForeignWalls(ForeignWalls&& other) noexcept;
  ForeignWalls& operator=(ForeignWalls&&) = delete;
  ForeignWalls(const ForeignWalls&) = delete;
  ~ForeignWalls();

  // In the child, between fork and exec: only system calls. False when a wall does not stand; the
  // child must then _exit.
  [[nodiscard]] bool close() const noexcept;

 private:
  ForeignWalls(const Ceilings& ceilings, int rules, CallFilter filter)
      : ceilings_(ceilings), rules_(rules), filter_(std::move(filter)) {}

  Ceilings ceilings_;
  int rules_;          // Landlock's; -1 = the kernel has none
  CallFilter filter_;  // empty = the kernel has no seccomp
};

}  // namespace postkamer::host
