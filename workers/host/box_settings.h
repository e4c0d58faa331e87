// SPDX-License-Identifier: EUPL-1.2
//
// [box] of the settings: what the processes in which scans are opened may do, and which walls they
// must have. Passing a limit fails the page, never the check.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace postkamer::host {

struct BoxSettings {
  // Walls without which nothing starts; box_features.h names them. What the kernel has is always
  // used, required or not.
  std::vector<std::string> required{"seccomp"};
  std::uint32_t memory_mib = 2'048;           // address space of one box
  std::uint32_t job_ms = 100'000;             // one page in any box but decode's, wall clock
  std::uint32_t job_cpu_ms = 80'000;          // one job, processor time
  std::uint64_t answer_bytes = 512ull << 20;  // that one job may give back
  std::uint32_t renew_after = 100;            // jobs of a box, or boxes of a template
};

}  // namespace postkamer::host
