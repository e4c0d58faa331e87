// SPDX-License-Identifier: EUPL-1.2
//
// How what is not kept any more leaves the tables. Rows stay, for ledgers and hashes; texts about
// people go.
#pragma once

#include <string>

#include "workers/journal/journal.h"
#include "workers/journal/sqlite_reader.h"

namespace postkamer::journal {

// Bits of batch.dropped and scan.dropped.
inline constexpr int kIntermediateBit = 1;  // scan
inline constexpr int kOriginalsBit = 2;     // batch
inline constexpr int kRecordsBit = 4;       // batch

class SqliteDropper {
 public:
  explicit SqliteDropper(Statements& statements) : statements_(statements) {}
  // In the caller's transaction. Throws SQLite::Exception.
  void drop(const Drop& what);
  void drop(const DropAudit& what);

 private:
  void run(const std::string& sql, Id id);
  void drop_intermediate(Id scan);
  void drop_originals(Id batch);
  void drop_records(Id batch);

  Statements& statements_;
};

}  // namespace postkamer::journal
