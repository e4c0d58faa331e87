// SPDX-License-Identifier: EUPL-1.2
//
// What must be true of a journal and its blobs on a disk at any moment at which no broker runs:
// O2 to O6 of README.md. Opening the journal heals it as the next broker would.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "tests/faults/oracles/journal_oracles.h"
#include "workers/host/process.h"

namespace postkamer::faults {

// What outsiders know because they were told.
struct Told {
  std::set<std::string> files;            // acknowledged: "sha256:copy"
  std::vector<journal::EventRow> events;  // as a subscriber got them
};

Violations store_violations(const host::Layout& layout, const Told& told);

// All of them, O1 and O7 too: when `batch`, to which these files were given, must be done.
Violations end_violations(const host::Layout& layout, const Told& told, const std::string& batch,
                          std::size_t files);

// Every event of a store, for the next look.
std::vector<journal::EventRow> events_of(const host::Layout& layout);

// The audit rows that say `what`.
std::size_t audited(const host::Layout& layout, const std::string& what);

}  // namespace postkamer::faults
