// SPDX-License-Identifier: EUPL-1.2
//
// What is kept of paper and for how long (host/retention_settings.h): says what is due to be
// forgotten, and afterwards removes the bytes that no row speaks of any more. What waits for a
// person, or for its archive copy, is never due; originals are not until `postkamer verklaring` has
// found their batch proven.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "workers/host/retention_settings.h"
#include "workers/journal/blob_store.h"
#include "workers/journal/journal.h"

namespace postkamer::broker {

class Keeper {
 public:
  // Both outlive it.
  Keeper(const host::RetentionSettings& settings, journal::Reader& reader,
         const journal::BlobStore& blobs);

  // What is due at `now` (seconds since 1970), each with its audit row; a bounded amount at a time:
  // asked again after the commit, it gives the next. Audit rows go up to `vouched` at most.
  // Fails with: corrupt_store (journal_io).
  Result<journal::Operations> due(std::int64_t now, std::uint64_t vouched);

  // Removes some of the bytes that no row speaks of. To be called when all that was decided is
  // committed; the audit row it gives tells what went.
  // Fails with: corrupt_store (journal_io).
  Result<journal::Operations> sweep(std::int64_t now);

  // For `postkamer status`: what is configured, what went since the start, what is held back.
  [[nodiscard]] Result<nlohmann::json> status(std::int64_t now);

 private:
  // When a blob that was let go of may be removed: what a person's program may just be putting
  // again is young.
  struct Released {
    std::string sha256;
    std::int64_t seconds = 0;
  };

  Result<void> add_due(journal::Kept kept, std::int64_t now, int days, journal::Operations& due);
  Result<void> add_old_audit(std::int64_t now, std::uint64_t vouched, journal::Operations& due);

  host::RetentionSettings settings_;
  journal::Reader& reader_;
  const journal::BlobStore& blobs_;
  std::deque<Released> released_;
  int next_byte_ = 0;           // of blob names, looked through in turn
  std::int64_t next_look_ = 0;  // into the blob store
  std::uint64_t scans_ = 0, originals_ = 0, records_ = 0, removed_ = 0;  // since the start
};

}  // namespace postkamer::broker
