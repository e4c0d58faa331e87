// SPDX-License-Identifier: EUPL-1.2
//
// The journal in SQLite: WAL, synchronous=FULL. Exactly one connection writes and checkpoints;
// every other one is query-only and never checkpoints, because SQLite before 3.51.3 can corrupt a
// database whose WAL two connections reset at once.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "workers/journal/journal.h"

namespace postkamer::journal {

// Hears "step 3 of 5: ..." often, from inside, while an earlier journal is brought forward, which
// may take minutes. It throws nothing.
using TellStep = std::function<void(const std::string& step)>;

// Opens for writing, making what is not there; an older journal is brought forward first
// (migrations.h), of which `tell` hears. Only one process may do so at a time. Fails with:
// corrupt_store (journal_io), unavailable (disk_full), invalid_config (journal_in_use,
// journal_newer).
Result<std::unique_ptr<Journal>> open_journal(const std::filesystem::path& file, StampEvent stamp,
                                              const TellStep& tell = {});

// Opens for reading only.
// Fails with: unavailable (journal_missing, journal_older) when the broker has not made it or not
// brought it forward yet, invalid_config (journal_newer), corrupt_store.
Result<std::unique_ptr<Reader>> open_reader(const std::filesystem::path& file);

}  // namespace postkamer::journal
