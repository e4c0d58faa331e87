// SPDX-License-Identifier: EUPL-1.2
//
// Checkpoints of the audit chain: how long it was, and its last row's hash, signed. A chain alone
// cannot show that its end is missing or that all of it was made anew; a checkpoint that lies
// elsewhere can. Form: C2SP tlog-checkpoint (https://c2sp.org/tlog-checkpoint) in a signed note:
//   postkamer.audit/<id of the audit>
//   <number of rows>
//   <the last row's hash, 32 bytes, in base64>
//   time <RFC 3339, UTC>
// The third line is the end of a hash chain, not the root of a Merkle tree.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "workers/journal/signed_note.h"

namespace postkamer::journal {

struct Checkpoint {
  std::string origin;
  std::uint64_t size = 0;  // rows
  std::string hash;        // of row `size`, hexadecimal
  std::string time;
};

// "postkamer.audit/" and the id (Reader::audit_id).
std::string checkpoint_origin(const std::string& audit_id);

std::string checkpoint_text(const Checkpoint& checkpoint);
std::optional<Checkpoint> checkpoint_from(std::string_view text);

// A folder of checkpoints, a file a day: <audit id>-<date>.notes. Files only grow.
class CheckpointFolder {
 public:
  explicit CheckpointFolder(std::filesystem::path folder) : folder_(std::move(folder)) {}

  // Durable on return. Makes the folder when it is not there.
  // Fails with: unavailable (checkpoint_io).
  Result<void> append(const Checkpoint& checkpoint, const NoteSigner& signer) const;

  // All notes of all files, in order of file name and place. A folder that is not there has none.
  // Fails with: unavailable (checkpoint_io).
  [[nodiscard]] Result<std::vector<std::string>> notes() const;

 private:
  std::filesystem::path folder_;
};

}  // namespace postkamer::journal
