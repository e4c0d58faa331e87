// SPDX-License-Identifier: EUPL-1.2
//
// Reading for audit and retention.
#include "workers/journal/sqlite_dropper.h"
#include "workers/journal/sqlite_query.h"
#include "workers/journal/sqlite_reader.h"
#include "workers/journal/sqlite_schema.h"

namespace postkamer::journal {
namespace {

constexpr const char* kAnchor = "SELECT number, hash FROM audit_anchor";

// Of a batch b: nothing of it is needed any more since ?1.
constexpr const char* kIsPast =
    " AND b.state = 2 AND b.closed < ?1 AND NOT EXISTS (SELECT 1 FROM document d "
    "WHERE d.batch = b.id AND (d.state <= 1 OR d.flags & 8 <> 0 OR d.changed >= ?1))";
// And each of its sheets may be replaced by its copy.
constexpr const char* kIsProven =
    " AND b.proven <> '' AND NOT EXISTS (SELECT 1 FROM document d "
    "WHERE d.batch = b.id AND d.changed > b.proven)";

std::string read_name(SQLite::Statement& row) { return row.getColumn(0).getString(); }

AuditRow read_audit(SQLite::Statement& row) {
  return {static_cast<std::uint64_t>(row.getColumn(0).getInt64()),
          row.getColumn(1).getString(),
          row.getColumn(2).getString(),
          row.getColumn(3).getString(),
          row.getColumn(4).getString(),
          row.getColumn(5).getString(),
          row.getColumn(6).getString(),
          row.getColumn(7).getString(),
          row.getColumn(8).getString()};
}

AuditAnchor read_anchor(SQLite::Statement& row) {
  return {static_cast<std::uint64_t>(row.getColumn(0).getInt64()), row.getColumn(1).getString()};
}

}  // namespace

Result<std::vector<AuditRow>> SqliteReader::audit_after(std::uint64_t after, int limit) {
  return guarded("reading", [&] {
    auto& statement = statements_.get(
        "SELECT number, time, what, subject, detail, hash, actor, payload_hash, previous_hash "
        "FROM audit WHERE number > ? ORDER BY number LIMIT ?");
    statement.bind(2, limit);
    return all(with(statement, after), read_audit);
  });
}

Result<AuditAnchor> SqliteReader::audit_head() {
  return guarded("reading", [&] {
    const auto newest =
        first(statements_.get("SELECT number, hash FROM audit ORDER BY number DESC LIMIT 1"),
              read_anchor);
    if (newest) return *newest;
    return first(statements_.get(kAnchor), read_anchor).value_or(AuditAnchor{});
  });
}

Result<AuditAnchor> SqliteReader::audit_anchor() {
  return guarded("reading", [&] {
    return first(statements_.get(kAnchor), read_anchor).value_or(AuditAnchor{});
  });
}

Result<std::string> SqliteReader::audit_id() {
  return guarded("reading", [&] {
    return first(statements_.get("SELECT id FROM audit_anchor"), read_name).value_or("");
  });
}

Result<std::int64_t> SqliteReader::clock() {
  return guarded("reading", [&] {
    return static_cast<std::int64_t>(
        first(statements_.get("SELECT clock FROM audit_anchor"), read_id).value_or(0));
  });
}

Result<std::uint64_t> SqliteReader::last_audit_before(const std::string& time) {
  return guarded("reading", [&] {
    // By the first one after it: a clock that was set back leaves earlier times behind later ones.
    auto& statement = statements_.get(
        "SELECT coalesce((SELECT min(number) FROM audit WHERE time >= ?) - 1, "
        "(SELECT max(number) FROM audit), 0)");
    return first(with(statement, time), read_id).value_or(0);
  });
}

Result<std::vector<Id>> SqliteReader::droppable(Kept kept, const std::string& before, Id after,
                                                int limit) {
  static_assert(static_cast<int>(DocumentState::review) == 1);  // as it stands in the texts below
  static_assert(static_cast<int>(ScanState::split) == 2);
  static const std::string scans =
      "SELECT s.id FROM scan s WHERE s.dropped & 1 = 0 AND s.id > ?2 AND NOT EXISTS "
      "(SELECT 1 FROM document d WHERE d.scan = s.id AND "
      "(d.state <= 1 OR d.flags & 10 <> 2 OR d.changed >= ?1)) AND NOT EXISTS "
      "(SELECT 1 FROM page p WHERE p.scan = s.id AND p.quarantine <> '') AND "
      "((s.state = 2 AND EXISTS (SELECT 1 FROM document d WHERE d.scan = s.id)) OR EXISTS "
      "(SELECT 1 FROM batch b WHERE b.id = s.batch AND b.state = 2 AND b.closed < ?1)) "
      "ORDER BY s.id LIMIT ?3";
  return guarded("reading", [&] {
    const std::string proven = kept == Kept::originals ? std::string(kIsProven) : std::string();
    auto& statement = statements_.get(
        kept == Kept::intermediate
            ? scans
            : "SELECT b.id FROM batch b WHERE b.id > ?2 AND b.dropped & " +
                  std::to_string(kept == Kept::originals ? kOriginalsBit : kRecordsBit) + " = 0" +
                  kIsPast + proven + " ORDER BY b.id LIMIT ?3");
    statement.bind(2, signed_of(after));
    statement.bind(3, limit);
    return all(with(statement, before), read_id);
  });
}

Result<std::uint64_t> SqliteReader::unproven(const std::string& before) {
  return guarded("reading", [&] {
    auto& statement =
        statements_.get(std::string("SELECT count(*) FROM batch b WHERE b.dropped & 2 = 0") +
                        kIsPast + " AND NOT (1" + kIsProven + ")");
    return first(with(statement, before), read_id).value_or(0);
  });
}

Result<std::vector<std::string>> SqliteReader::blobs_of(const Drop& what) {
  static const std::string scans = "(SELECT id FROM scan WHERE batch = ?1)";
  static const std::string of_scans =
      "SELECT blobs FROM page_result WHERE blobs <> '' AND scan IN " + scans;
  return guarded("reading", [&] {
    auto& statement = statements_.get(
        what.kept == Kept::intermediate
            ? "SELECT blobs FROM page_result WHERE scan = ?1 AND blobs <> ''"
        : what.kept == Kept::originals
            ? of_scans + " UNION SELECT picture FROM page WHERE picture <> '' AND scan IN " +
                  scans + " UNION SELECT sha256 FROM scan WHERE batch = ?1"
            : of_scans + " UNION SELECT pdf FROM document WHERE pdf <> '' AND batch = ?1");
    std::vector<std::string> names;
    for (const std::string& list : all(with(statement, what.id), read_name))
      for (std::string& name : parted(list)) names.push_back(std::move(name));
    return names;
  });
}

Result<bool> SqliteReader::is_referenced(const std::string& sha256) {
  return guarded("reading", [&] {
    auto& statement = statements_.get(
        "SELECT EXISTS (SELECT 1 FROM scan s JOIN batch b ON b.id = s.batch "
        "  WHERE s.sha256 = ?1 AND b.dropped & 2 = 0) "
        "OR EXISTS (SELECT 1 FROM page p JOIN scan s ON s.id = p.scan JOIN batch b "
        "  ON b.id = s.batch WHERE p.picture = ?1 AND b.dropped & 2 = 0) "
        "OR EXISTS (SELECT 1 FROM page_result WHERE blobs = ?1 AND blobs <> '') "
        "OR EXISTS (SELECT 1 FROM page_result WHERE instr(blobs, ',') > 0 AND instr(blobs, ?1)) "
        "OR EXISTS (SELECT 1 FROM document d JOIN batch b ON b.id = d.batch "
        "  WHERE substr(d.pdf, 1, 64) = ?1 AND d.pdf <> '' AND b.dropped & 4 = 0) "
        "OR EXISTS (SELECT 1 FROM document d JOIN batch b ON b.id = d.batch "
        "  WHERE substr(d.pdf, 66) = ?1 AND d.pdf <> '' AND b.dropped & 4 = 0)");
    return first(with(statement, sha256), read_id).value_or(0) != 0;
  });
}

}  // namespace postkamer::journal
