// SPDX-License-Identifier: EUPL-1.2
//
// Signs, every 1,000 rows or every minute in which there was one, how the audit stands, and puts
// that where the journal is not.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "workers/journal/checkpoint.h"
#include "workers/journal/journal.h"

namespace postkamer::broker {

struct CheckpointPolicy {
  std::filesystem::path folder;
  std::optional<journal::NoteSigner> signer;  // nothing = no checkpoints
  std::uint64_t rows = 1'000;
  std::int64_t milliseconds = 60'000;
};

class Checkpointer {
 public:
  // `reader` outlives it. Fails with: corrupt_store (journal_io).
  static Result<Checkpointer> open(CheckpointPolicy policy, journal::Reader& reader);

  // An audit row when what lies in the folder does not fit this journal: it was changed, or put
  // back from a backup, while no broker looked. To be asked once, at the start.
  // Fails with: corrupt_store (journal_io), unavailable (checkpoint_io).
  Result<std::optional<journal::Audit>> differs() const;

  // Makes one when it is time, or when there is any news and `at_once`. `now`: milliseconds,
  // monotonic; `time`: RFC 3339, UTC. To be called when what is to be vouched for is committed.
  // Fails with: corrupt_store (journal_io), unavailable (checkpoint_io): tried again a minute
  // later.
  Result<void> make(std::int64_t now, const std::string& time, bool at_once = false);

  // Rows that are vouched for; all of them where none is to be.
  [[nodiscard]] std::uint64_t vouched() const;

 private:
  Checkpointer(CheckpointPolicy policy, journal::Reader& reader, std::string origin)
      : policy_(std::move(policy)), reader_(&reader), origin_(std::move(origin)) {}

  CheckpointPolicy policy_;
  journal::Reader* reader_;
  std::string origin_;
  std::uint64_t size_ = 0;  // of the last one
  std::int64_t made_at_ = 0;
  bool has_failed_ = false;
};

}  // namespace postkamer::broker
