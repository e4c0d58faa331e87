// SPDX-License-Identifier: EUPL-1.2
//
// Whether the audit is what was written: every row by the chain, the chain by its checkpoints.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "workers/journal/checkpoint.h"
#include "workers/journal/journal.h"

namespace postkamer::journal {

enum class AuditVerdict {
  intact,
  row_altered,        // a row was changed, removed, put in or moved
  chain_rewritten,    // the rows fit each other, but not what was signed of them
  tail_missing,       // the rows fit, but a checkpoint has seen more of them
  checkpoint_foreign  // the rows fit, but a checkpoint is not this journal's or not signed by its
                      // key
};
// "intact", "row altered", ...
std::string_view name_of(AuditVerdict verdict);

struct AuditReport {
  AuditVerdict verdict = AuditVerdict::intact;
  // The number of the first row that is wrong or missing; 0 when intact, and for a foreign
  // checkpoint. Of a rewritten chain the first row that may be: those up to the checkpoint before
  // it are vouched for.
  std::uint64_t first_bad = 0;
  std::uint64_t last_bad = 0;  // chain_rewritten: it is this one at the latest; else first_bad
  std::uint64_t first_row = 0, last_row = 0;  // kept; 0 = none
  std::uint64_t vouched = 0;                  // rows up to this one agree with a checkpoint
  int checkpoints = 0;                        // that agree
  int too_old = 0;  // about rows that are not kept any more, so that nothing can be said
  int foreign = 0;
  int damaged = 0;  // notes that cannot be read: a power cut leaves such a one
  // Restores from a backup that the audit itself tells; checkpoints of before them that no longer
  // fit are explained by them and count as `lost`.
  std::vector<AuditRow> restores;
  int lost = 0;
};

// `notes` are checkpoints as they lie in their folder, `verifier` the key that must have signed
// them. The gravest verdict wins: altered, rewritten, missing, foreign.
// Fails with: corrupt_store (journal_io).
Result<AuditReport> check_audit(Reader& reader, const std::vector<std::string>& notes,
                                const NoteVerifier& verifier);

}  // namespace postkamer::journal
