// SPDX-License-Identifier: EUPL-1.2
#include "workers/journal/sqlite_dropper.h"

#include <utility>
#include <vector>

namespace postkamer::journal {
namespace {

std::int64_t signed_of(std::uint64_t value) { return static_cast<std::int64_t>(value); }

}  // namespace

void SqliteDropper::run(const std::string& sql, Id id) {
  SQLite::Statement& statement = statements_.get(sql);
  statement.bind(1, signed_of(id));
  statement.exec();
}

void SqliteDropper::drop(const Drop& what) {
  switch (what.kept) {
    case Kept::intermediate: return drop_intermediate(what.id);
    case Kept::originals: return drop_originals(what.id);
    case Kept::records: return drop_records(what.id);
  }
}

void SqliteDropper::drop_intermediate(Id scan) {
  std::vector<std::pair<std::int64_t, std::string>> bodies;
  SQLite::Statement& rows = statements_.get("SELECT rowid, body FROM page_result WHERE scan = ?");
  rows.bind(1, signed_of(scan));
  while (rows.executeStep())
    bodies.emplace_back(rows.getColumn(0).getInt64(), rows.getColumn(1).getString());
  rows.reset();
  for (const auto& [row, body] : bodies) {
    const std::string kept = without_reading(body);
    SQLite::Statement& shorten =
        statements_.get("UPDATE page_result SET body = ?, blobs = '' WHERE rowid = ?");
    shorten.bindNoCopy(1, kept);
    shorten.bind(2, row);
    shorten.exec();
  }
  run("UPDATE scan SET dropped = dropped | 1 WHERE id = ?", scan);
}

// A page's answers speak of its pictures, so they go first.
void SqliteDropper::drop_originals(Id batch) {
  std::vector<Id> scans;
  SQLite::Statement& rows =
      statements_.get("SELECT id FROM scan WHERE batch = ? AND dropped & 1 = 0");
  rows.bind(1, signed_of(batch));
  while (rows.executeStep()) scans.push_back(static_cast<Id>(rows.getColumn(0).getInt64()));
  rows.reset();
  for (const Id scan : scans) drop_intermediate(scan);
  run("UPDATE batch SET dropped = dropped | 2 WHERE id = ?", batch);
}

void SqliteDropper::drop_records(Id batch) {
  const std::string scans = "(SELECT id FROM scan WHERE batch = ?)";
  run("DELETE FROM record WHERE document IN (SELECT id FROM document WHERE batch = ?)", batch);
  run("DELETE FROM page_result WHERE scan IN " + scans, batch);
  run("UPDATE document SET split_findings = '[]' WHERE batch = ?", batch);
  // What was refused without its bytes is known by its name.
  run("UPDATE scan SET sha256 = 'refused:' || id WHERE batch = ? AND sha256 LIKE 'refused:%'",
      batch);
  run("UPDATE scan SET name = '', message = '', findings = '[]', dropped = dropped | 1 "
      "WHERE batch = ?",
      batch);
  run("UPDATE batch SET dropped = dropped | 4 WHERE id = ?", batch);
}

void SqliteDropper::drop(const DropAudit& what) {
  // The newest row always stays: the next one follows it.
  SQLite::Statement& anchor = statements_.get(
      "UPDATE audit_anchor SET number = a.number, hash = a.hash FROM "
      "(SELECT number, hash FROM audit WHERE number <= ? "
      "AND number < (SELECT max(number) FROM audit) ORDER BY number DESC LIMIT 1) AS a");
  anchor.bind(1, signed_of(what.up_to));
  anchor.exec();
  statements_.get("DELETE FROM audit WHERE number <= (SELECT number FROM audit_anchor)").exec();
}

}  // namespace postkamer::journal
