// SPDX-License-Identifier: EUPL-1.2
//
// The statement of substitution (verklaring van vervanging) of a batch: which sheets of paper may
// be destroyed because their archive copies replace them, and which may not, and why.
#pragma once

#include <string>
#include <vector>

#include "pipeline/base/error.h"
#include "pipeline/forms/report.h"
#include "workers/host/settings.h"
#include "workers/journal/blob_store.h"
#include "workers/journal/journal.h"
#include "workers/postkamer/proof.h"

namespace postkamer {

// One side of a sheet. Which two sides share a sheet no scanner tells: a sheet may go when all its
// sides may.
struct StatementPage {
  std::string scan;         // "S12"
  std::string scan_sha256;  // of the file as it came; empty for a file that was never taken in
  int page = 0;             // 1-based in its scan; 0 = the file as a whole
  PageKind kind = PageKind::content;
  std::string document;    // empty = blank, or in no document
  std::string pdf_sha256;  // of its archive copy
  std::vector<Refusal> refusals;
};

struct Statement {
  std::string batch;
  std::string date_of_receipt;
  int separators = 0;                  // sheets of the mailroom's own: nothing to keep
  std::vector<StatementPage> proven;   // may be destroyed
  std::vector<StatementPage> refused;  // must stay, each with why
};

// Hashes every blob of the batch again. A batch that is not closed, or whose ledger does not
// balance, proves nothing: all its pages are refused. Fails with: invalid_config (batch_unknown),
// corrupt_store (journal_io).
Result<Statement> statement_of(journal::Reader& reader, const journal::BlobStore& blobs,
                               const std::vector<std::string>& blocking, const std::string& batch);

// Its text, with the appendix on equipment, settings, formats and quality control. `today` is what
// it says of its own date. Marked as a draft as long as the settings name no decision.
forms::Report statement_report(const Statement& statement, const host::Settings& settings,
                               const std::string& today);

}  // namespace postkamer
