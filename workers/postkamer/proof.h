// SPDX-License-Identifier: EUPL-1.2
//
// Whether the archive copy of a page may stand in for its paper: everything is read and hashed
// again, nothing is believed.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "pipeline/base/error.h"
#include "workers/archive/provenance.h"
#include "workers/journal/blob_store.h"
#include "workers/journal/journal.h"

namespace postkamer {

// Why a page's paper must stay: a code of finding_texts.
struct Refusal {
  std::string code;
  bool operator==(const Refusal&) const = default;
};

class Prover {
 public:
  // `blocking`: codes of findings that keep a sheet.
  Prover(journal::Reader& reader, const journal::BlobStore& blobs,
         std::vector<std::string> blocking);

  // What is wrong with the page's proof; empty = its paper may go. `document` is the one it is in,
  // if any. Fails with: corrupt_store (journal_io).
  Result<std::vector<Refusal>> refusals(const journal::ScanRow& scan, const journal::PageRow& page,
                                        const journal::DocumentRow* document);

 private:
  // Of a document: its copy read back, and the findings of its record.
  struct Copy {
    std::vector<Refusal> refusals;  // of the whole copy
    std::optional<workers::CopyProof> proof;
    std::vector<std::string> pictures;  // SHA-256 of each page's picture data, in the copy
    nlohmann::json findings;            // of its record
  };

  Result<const Copy*> copy_of(const journal::DocumentRow& document);
  Copy read_copy(const journal::DocumentRow& document);
  [[nodiscard]] std::optional<Refusal> of_blob(const std::string& sha256);
  Result<void> add_findings(const journal::ScanRow& scan, const journal::PageRow& page,
                            const Copy* copy, std::vector<Refusal>& refusals);

  journal::Reader& reader_;
  const journal::BlobStore& blobs_;
  std::vector<std::string> blocking_;
  std::map<std::string, std::optional<Refusal>> blob_states_;  // each blob is hashed once
  std::map<journal::Id, Copy> copies_;
};

}  // namespace postkamer
