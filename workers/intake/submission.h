// SPDX-License-Identifier: EUPL-1.2
//
// What tells the broker of a file: `submit` once its bytes are stored, or `refuse` with the reason
// when they cannot even be read, so that the ledger counts it all the same.
#pragma once

#include <filesystem>
#include <span>
#include <string>

#include <nlohmann/json.hpp>

#include "pipeline/base/error.h"
#include "pipeline/base/limits.h"
#include "workers/journal/blob_store.h"

namespace postkamer::intake {

// All bytes of a file that strangers may change while we look: no link is followed, nothing but a
// regular file is waited for or read. Fails with: unavailable (file_unreadable), resource_limit
// (limit_file_bytes).
Result<Bytes> read_foreign(const std::filesystem::path& file, std::uint64_t max_bytes);

struct Submission {
  const char* verb;     // of workers/wire/PROTOCOL.md, section 4
  nlohmann::json body;  // without the batch
};

// Says that a file is not taken in, and why; `reason` is a row of finding_texts.
Submission refusal(const std::string& name, const std::string& reason,
                   const std::string& message = "");

// Stores the bytes of `file`, which the ledger will know by `name`. A refusal has the reason
// limit_file_bytes, file_unreadable or file_vanished. Fails with: unavailable (blob_io) when the
// store cannot take it now.
Result<Submission> submission_of(const std::filesystem::path& file, const std::string& name,
                                 const journal::BlobStore& blobs, const Limits& limits);

// The same for the pages of one document, each in a file of its own: stored gathered into one scan
// (pipeline/intake/gathered.h) that has `name`.
Result<Submission> gathered_submission(std::span<const std::filesystem::path> files,
                                       const std::string& name, const journal::BlobStore& blobs,
                                       const Limits& limits);

}  // namespace postkamer::intake
