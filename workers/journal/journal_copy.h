// SPDX-License-Identifier: EUPL-1.2
//
// A journal as a file that can be carried away, and what such a file is about.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "pipeline/base/error.h"

namespace postkamer::journal {

struct JournalFacts {
  int version = 0;
  std::string stream;           // id
  std::uint64_t head = 0;       // number of the newest event
  std::uint64_t audit_row = 0;  // number of the newest row
  std::string audit_hash;       // its hash
  bool operator==(const JournalFacts&) const = default;
};

// Copies a journal as it is at one moment, whether a broker writes to it or not: read on a
// query-only connection that never checkpoints, in one transaction. The copy is one file, checked
// and durable on return.
// Fails with: unavailable (journal_missing), corrupt_store (journal_io, journal_damaged).
Result<JournalFacts> copy_journal(const std::filesystem::path& journal,
                                  const std::filesystem::path& copy);

// Of a journal that nobody writes to, after SQLite's own check of the whole file.
// Fails with: unavailable (journal_missing), invalid_config (journal_newer), corrupt_store
// (journal_io, journal_damaged).
Result<JournalFacts> facts_of(const std::filesystem::path& journal);

// Every blob that its rows name and have not let go (Reader::is_referenced), ascending; of a
// journal of any version. Fails with: corrupt_store (journal_io).
Result<std::vector<std::string>> blobs_named_in(const std::filesystem::path& journal);

}  // namespace postkamer::journal
