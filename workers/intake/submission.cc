// SPDX-License-Identifier: EUPL-1.2
#include "workers/intake/submission.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <vector>

#include "pipeline/intake/gathered.h"
#include "workers/host/descriptor.h"

namespace postkamer::intake {
namespace {

// Why the file cannot be read; nothing when it can, and the store is to blame.
Result<void> check_readable(const std::filesystem::path& file) {
  if (access(file.c_str(), R_OK) == 0) return {};
  const bool is_gone = errno == ENOENT;
  return fail(ErrorCode::invalid_document, is_gone ? "file_vanished" : "file_unreadable",
              std::string("taking in a file: ") + std::strerror(errno));
}

Submission refusal_of(const std::string& name, const Error& error) {
  return refusal(name, error.reason, error.message);
}

tl::unexpected<Error> unreadable() {
  return fail(ErrorCode::unavailable, "file_unreadable",
              std::string("reading a file of others: ") + std::strerror(errno));
}

}  // namespace

Result<Bytes> read_foreign(const std::filesystem::path& file, std::uint64_t max_bytes) {
  const host::Descriptor from(::open(file.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  struct stat about {};
  if (from.get() < 0 || ::fstat(from.get(), &about) != 0) return unreadable();
  errno = EINVAL;  // no regular file
  if (!S_ISREG(about.st_mode)) return unreadable();
  const auto size = static_cast<std::uint64_t>(about.st_size);
  if (size > max_bytes)
    return fail(ErrorCode::resource_limit, "limit_file_bytes",
                "reading a file of others: more than " + std::to_string(max_bytes) + " bytes");
  auto bytes = host::read_bytes(from.get(), size);
  if (!bytes) return unreadable();
  return std::move(*bytes);
}

Submission refusal(const std::string& name, const std::string& reason, const std::string& message) {
  return {"refuse", {{"name", name}, {"reason", reason}, {"message", message}}};
}

Result<Submission> submission_of(const std::filesystem::path& file, const std::string& name,
                                 const journal::BlobStore& blobs, const Limits& limits) {
  const auto sha256 = blobs.put_file(file, limits.file_bytes);
  if (sha256) {
    std::error_code gone;  // the size is for the eye; the bytes are safe
    const auto size = std::filesystem::file_size(file, gone);
    return Submission{"submit", {{"name", name}, {"sha256", *sha256}, {"size", gone ? 0 : size}}};
  }
  if (sha256.error().code == ErrorCode::resource_limit) return refusal_of(name, sha256.error());
  if (const auto readable = check_readable(file); !readable)
    return refusal_of(name, readable.error());
  return tl::unexpected(sha256.error());
}

Result<Submission> gathered_submission(std::span<const std::filesystem::path> files,
                                       const std::string& name, const journal::BlobStore& blobs,
                                       const Limits& limits) {
  std::vector<Bytes> pages;
  std::uint64_t total = 0;
  for (const auto& file : files) {
    auto page = read_foreign(file, limits.file_bytes - total);
    if (!page && page.error().code == ErrorCode::resource_limit)
      return refusal_of(name, {ErrorCode::resource_limit, "limit_file_bytes",
                               "taking in pages: together more than " +
                                   std::to_string(limits.file_bytes) + " bytes"});
    if (!page) {
      if (const auto readable = check_readable(file); !readable)
        return refusal_of(name, readable.error());
      return tl::unexpected(page.error());
    }
    total += page->size();
    pages.push_back(std::move(*page));
  }
  const std::vector<ByteView> views(pages.begin(), pages.end());
  const Bytes scan = gather(views);
  PK_TRY(sha256, blobs.put(scan));
  return Submission{"submit", {{"name", name}, {"sha256", sha256}, {"size", scan.size()}}};
}

}  // namespace postkamer::intake
