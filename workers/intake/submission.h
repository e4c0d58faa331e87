// SPDX-License-Identifier: EUPL-1.2
//
// What tells the broker of a file: `submit` once its bytes are stored, or `refuse` with the reason
// when they cannot even be read, so that the ledger counts it all the same.
#pragma once

#include <filesystem>
#include <string>

#include <nlohmann/json.hpp>

#include "pipeline/base/error.h"
#include "pipeline/base/limits.h"
#include "workers/journal/blob_store.h"

namespace postkamer::intake {

struct Submission {
  const char* verb;     // of workers/wire/PROTOCOL.md, section 4
  nlohmann::json body;  // without the batch
};

// Stores the bytes of `file`. A refusal has the reason limit_file_bytes, file_unreadable or
// file_vanished. Fails with: unavailable (blob_io) when the store cannot take it now.
Result<Submission> submission_of(const std::filesystem::path& file, const journal::BlobStore& blobs,
                                 const Limits& limits);

}  // namespace postkamer::intake
