// SPDX-License-Identifier: EUPL-1.2
//
// A copy of a mailroom that can be carried away, and a mailroom made of one.
//
//   DIR/journal.db    as it was at one moment
//   DIR/blobs/        every blob that was there then, and perhaps some that came since
//   DIR/...           what else lies in the data folder (what sinks hold), but no sockets and locks
//   DIR/backup.json   what it is of; written last, so a backup without it was not finished
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "pipeline/base/error.h"
#include "workers/journal/journal_copy.h"

namespace postkamer {

struct BackupFacts {
  std::string made;         // RFC 3339, UTC
  std::string program;      // its version
  bool is_at_rest = false;  // no mailroom was at work when the journal was copied
  journal::JournalFacts journal;
  std::string journal_sha256;
  std::uint64_t blobs = 0;  // that the journal names
  std::uint64_t copied =
      0;  // this time; the others were there, or are other names of the same file
};

struct BackupPlan {
  std::filesystem::path data;      // of the mailroom; it may be at work
  std::filesystem::path to;        // missing or empty
  std::filesystem::path previous;  // an earlier backup on the same disk, whose blobs are linked to
};

// The journal first and the blobs after it: a blob is there before a row names it, and is never
// changed. What the folder holds besides is copied after both: a sink keeps what it could not
// deliver before it commits, so whatever the journal says it has passed is delivered or there. What
// it kept of events that came after the journal is left out. Fails with: invalid_config
// (backup_target, backup_previous), unavailable (journal_missing, disk_full, blob_io,
// file_unwritable), corrupt_store (journal_io, journal_damaged, blob_missing, blob_damaged).
Result<BackupFacts> back_up(const BackupPlan& plan);

// Fails with: invalid_config (backup_unfinished: there is no backup.json, or it cannot be read).
Result<BackupFacts> backup_facts(const std::filesystem::path& backup);

struct RestorePlan {
  std::filesystem::path from;
  std::filesystem::path data;  // missing or empty
  // Nothing happened after the backup: the mailroom moves. Only of a backup made at rest.
  bool is_moved = false;
};

// Checks the whole backup, every hash in it, and makes a mailroom of it. What follows is another
// history than the one that was lost, so the stream has another id, which subscribers notice, and
// no number is given again; `is_moved` keeps the id. An audit row tells of it. Fails with: as
// backup_facts; invalid_config (restore_target, restore_not_at_rest, journal_newer), corrupt_store
// (backup_damaged, journal_damaged, blob_missing, blob_damaged), unavailable (disk_full, blob_io,
// file_unwritable).
Result<BackupFacts> restore(const RestorePlan& plan);

}  // namespace postkamer
