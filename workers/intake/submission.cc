// SPDX-License-Identifier: EUPL-1.2
#include "workers/intake/submission.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace postkamer::intake {
namespace {

// Why the file cannot be read; nothing when it can, and the store is to blame.
Result<void> check_readable(const std::filesystem::path& file) {
  if (access(file.c_str(), R_OK) == 0) return {};
  const bool is_gone = errno == ENOENT;
  return fail(ErrorCode::invalid_document, is_gone ? "file_vanished" : "file_unreadable",
              std::string("taking in a file: ") + std::strerror(errno));
}

Submission refusal(const std::filesystem::path& file, const Error& error) {
  return {"refuse",
          {{"name", file.filename()}, {"reason", error.reason}, {"message", error.message}}};
}

}  // namespace

Result<Submission> submission_of(const std::filesystem::path& file, const journal::BlobStore& blobs,
                                 const Limits& limits) {
  const auto sha256 = blobs.put_file(file, limits.file_bytes);
  if (sha256) {
    std::error_code gone;  // the size is for the eye; the bytes are safe
    const auto size = std::filesystem::file_size(file, gone);
    return Submission{"submit",
                      {{"name", file.filename()}, {"sha256", *sha256}, {"size", gone ? 0 : size}}};
  }
  if (sha256.error().code == ErrorCode::resource_limit) return refusal(file, sha256.error());
  if (const auto readable = check_readable(file); !readable) return refusal(file, readable.error());
  return tl::unexpected(sha256.error());
}

}  // namespace postkamer::intake
