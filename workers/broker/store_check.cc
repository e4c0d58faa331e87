// SPDX-License-Identifier: EUPL-1.2
#include "workers/broker/store_check.h"

#include <ranges>

namespace postkamer::broker {
namespace {

constexpr const char* kFound = "blob_found";

Result<bool> has_blobs(const journal::BlobStore& blobs) {
  const auto looked = blobs.each([](const std::string&) -> Result<void> {
    return fail(ErrorCode::unavailable, kFound, "");  // one is enough
  });
  if (looked) return false;
  if (looked.error().reason == kFound) return true;
  return tl::unexpected(looked.error());
}

Result<bool> names_blobs(journal::Reader& reader, journal::Id batch) {
  PK_TRY(contents, reader.contents(batch));
  for (const auto& scan : contents.scans) {
    if (scan.sha256.starts_with("refused:")) continue;  // there never were bytes of it
    PK_TRY(is_kept, reader.is_referenced(scan.sha256));
    if (is_kept) return true;
  }
  for (const auto& document : contents.documents) {
    if (document.pdf_sha256.empty()) continue;
    PK_TRY(is_kept, reader.is_referenced(document.pdf_sha256));
    if (is_kept) return true;
  }
  return false;
}

}  // namespace

Result<void> check_store(journal::Reader& reader, const journal::BlobStore& blobs) {
  PK_TRY(is_store, has_blobs(blobs));
  if (is_store) return {};
  PK_TRY(batches, reader.batches());
  for (const auto& batch : batches | std::views::reverse) {  // the newest has most
    PK_TRY(is_robbed, names_blobs(reader, batch.id));
    if (is_robbed)
      return fail(ErrorCode::corrupt_store, "blobs_away",
                  "looking for the blobs: there are none in the mailroom's folder blobs, and the "
                  "journal names some; mount the disk that they lie on, or restore a backup");
  }
  return {};
}

}  // namespace postkamer::broker
