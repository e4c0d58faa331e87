// SPDX-License-Identifier: EUPL-1.2
//
// The step of migrations.cc that brings the balancing rule, and each document's class of post, into
// the database.
#pragma once

#include "workers/journal/journal.h"

namespace postkamer::journal {

// The rule of ledger.h in the journal's own words: whatever a program believes, no batch becomes
// closed unless it balances. `SELECT * FROM unbalanced` says what is missing where.
static_assert(static_cast<int>(BatchState::closed) == 2);
static_assert(kNumbersLeftOut == 100'000);
static_assert(static_cast<int>(ScanState::split) == 2 &&
              static_cast<int>(ScanState::rejected) == 3);
static_assert(static_cast<int>(PageKind::content) == 0);
static_assert(static_cast<int>(DocumentState::reading) == 0);
inline constexpr const char* kBalance = R"sql(
ALTER TABLE document ADD COLUMN class TEXT NOT NULL DEFAULT '';
CREATE VIEW unbalanced(batch, what) AS
  SELECT id, 'files' FROM batch
    WHERE max(0, scans - (SELECT count(*) FROM scan WHERE scan.batch = batch.id)) % 100000 <> 0
  UNION ALL SELECT batch, 'file' FROM scan WHERE state NOT IN (2, 3)
  UNION ALL SELECT batch, 'pages' FROM scan
    WHERE state = 2 AND (
      (SELECT count(*) FROM page WHERE page.scan = scan.id) <> max(page_count, 0) OR
      EXISTS (SELECT 1 FROM page WHERE page.scan = scan.id AND (idx < 0 OR idx >= page_count)))
  UNION ALL SELECT scan.batch, 'page' FROM scan JOIN page ON page.scan = scan.id
    WHERE scan.state = 2 AND page.kind = 0 AND page.quarantine = '' AND NOT EXISTS (
      SELECT 1 FROM document WHERE document.id = page.document AND document.batch = scan.batch)
  UNION ALL SELECT batch, 'document' FROM document WHERE state = 0 OR (flags & 2) = 0
  UNION ALL SELECT id, 'sheets' FROM batch
    WHERE expected_sheets <> 0 AND (
      SELECT count(*) FROM scan JOIN page ON page.scan = scan.id
        WHERE scan.batch = batch.id AND scan.state <> 3) NOT IN (expected_sheets,
                                                                 2 * expected_sheets);
CREATE TRIGGER batch_closes AFTER UPDATE OF state ON batch WHEN NEW.state = 2 AND OLD.state <> 2
BEGIN
  SELECT RAISE(ABORT, 'a batch that does not balance was to be closed')
    WHERE EXISTS (SELECT 1 FROM unbalanced WHERE batch = NEW.id);
END;
CREATE TRIGGER batch_comes_closed AFTER INSERT ON batch WHEN NEW.state = 2
BEGIN
  SELECT RAISE(ABORT, 'a batch that does not balance was to be closed')
    WHERE EXISTS (SELECT 1 FROM unbalanced WHERE batch = NEW.id);
END;
)sql";

}  // namespace postkamer::journal
