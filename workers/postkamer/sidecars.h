// SPDX-License-Identifier: EUPL-1.2
//
// What lies beside an archive copy when a document leaves the store: its provenance and its MDTO
// metadata.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "pipeline/archive/mdto.h"
#include "pipeline/base/error.h"
#include "workers/journal/blob_store.h"
#include "workers/journal/journal.h"

namespace postkamer {

// When things happened, out of the audit trail.
class History {
 public:
  // Reads the whole trail. Fails with: corrupt_store.
  static Result<History> read(journal::Reader& reader);
  // RFC 3339; empty when it never did. "file_claimed" of "S12", "document_archived" of "PK-…".
  [[nodiscard]] std::string time_of(const std::string& what, const std::string& subject) const;

  // What people changed of a document after it had gone out or been laid aside, in order.
  struct Change {
    std::string time;  // RFC 3339
    std::string what;  // "record_corrected", "record_withdrawn", "record_redated", "page_put_back"
  };
  [[nodiscard]] std::vector<Change> changes_of(const std::string& document) const;

 private:
  std::map<std::pair<std::string, std::string>, std::string> times_;  // the last of each
  std::map<std::string, std::vector<Change>> changes_;                // by document
};

// Where the sidecars come from.
struct SidecarSource {
  journal::Reader& reader;
  const journal::BlobStore& blobs;
  const History& history;
  const archive::MdtoArchive& archive;
};

// Writes into `folder`, which holds document.pdf:
//   provenance.json                   every operation on every picture
//   <id>.mdto.xml                     the <informatieobject>
//   document.pdf.bestand.mdto.xml     the <bestand>
// Fails with: corrupt_store (document_unknown, blob_missing, blob_damaged), unavailable
// (blob_io, file_unwritable).
Result<void> write_sidecars(const std::string& document, const std::filesystem::path& folder,
                            const SidecarSource& source);

}  // namespace postkamer
