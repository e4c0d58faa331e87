// SPDX-License-Identifier: EUPL-1.2
#include "workers/journal/sqlite_reader.h"

#include <sqlite3.h>

#include "workers/journal/sqlite_query.h"
#include "workers/journal/sqlite_schema.h"

namespace postkamer::journal {
namespace {

std::string read_text(SQLite::Statement& row) { return row.getColumn(0).getString(); }

EventRow read_event(SQLite::Statement& row) {
  return {static_cast<std::uint64_t>(row.getColumn(0).getInt64()), row.getColumn(1).getString(),
          row.getColumn(2).getString(), row.getColumn(3).getString()};
}

EventHead read_event_head(SQLite::Statement& row) {
  return {static_cast<std::uint64_t>(row.getColumn(0).getInt64()), row.getColumn(1).getString(),
          row.getColumn(2).getString()};
}

CursorRow read_cursor(SQLite::Statement& row) {
  return {row.getColumn(0).getString(), static_cast<std::uint64_t>(row.getColumn(1).getInt64()),
          static_cast<std::uint64_t>(row.getColumn(2).getInt64()), row.getColumn(3).getInt() != 0};
}

PageResultRow read_result(SQLite::Statement& row) {
  return {static_cast<Id>(row.getColumn(0).getInt64()), row.getColumn(1).getInt(),
          row.getColumn(2).getString(), row.getColumn(3).getString(),
          parted(row.getColumn(4).getString())};
}

constexpr const char* kLiveBatches = "(SELECT id FROM batch WHERE state <> 2)";

}  // namespace

tl::unexpected<Error> journal_error(std::string_view doing, const std::exception& exception) {
  const auto* told = dynamic_cast<const SQLite::Exception*>(&exception);
  const bool is_full = told != nullptr && told->getErrorCode() == SQLITE_FULL;
  return fail(is_full ? ErrorCode::unavailable : ErrorCode::corrupt_store,
              is_full ? "disk_full" : "journal_io",
              std::string(doing) + " the journal: " + exception.what());
}

tl::unexpected<Error> unbalanced_error(const std::string& what) {
  return fail(ErrorCode::corrupt_store, "journal_unbalanced", "writing the journal: " + what);
}

SQLite::Statement& Statements::get(const std::string& sql) {
  auto found = statements_.find(sql);
  if (found == statements_.end())
    found = statements_.emplace(sql, SQLite::Statement(database_, sql)).first;
  found->second.tryReset();
  return found->second;
}

std::uint64_t SqliteReader::number(const std::string& sql) {
  return first(statements_.get(sql), read_id).value_or(0);
}

Result<Snapshot> SqliteReader::snapshot() {
  return guarded("reading", [&] {
    static_assert(static_cast<int>(BatchState::closed) == 2);
    static_assert(static_cast<int>(DocumentState::review) == 1);
    const std::string live = kLiveBatches;
    // A copy that is due may need pages that were put back read first.
    const std::string live_scans =
        "(batch IN " + live + " OR id IN (SELECT scan FROM document WHERE (flags & 8) <> 0))";
    const std::string of_live_scans =
        " WHERE scan IN (SELECT id FROM scan WHERE " + live_scans + ") ORDER BY scan, idx";
    Snapshot s;
    s.batches = all(statements_.get(select(kBatchColumns, "batch WHERE state <> 2 ORDER BY id")),
                    read_batch);
    s.scans =
        all(statements_.get(select(kScanColumns, "scan WHERE " + live_scans + " ORDER BY id")),
            read_scan);
    s.pages = all(statements_.get(select(kPageColumns, "page" + of_live_scans)), read_page);
    s.documents = all(statements_.get(select(kDocumentColumns,
                                             "document WHERE batch IN " + live +
                                                 " OR state = 1 OR (flags & 8) <> 0 ORDER BY id")),
                      read_document);
    s.jobs = all(statements_.get(select(kJobColumns, "job ORDER BY id")), read_job);
    s.moved = all(
        statements_.get("SELECT name, seq, lost, moved FROM subscriber WHERE moved ORDER BY name"),
        read_cursor);
    s.last_batch =
        number("SELECT max(coalesce(max(id), 0), (SELECT last_batch FROM stream)) FROM batch");
    s.last_scan = number("SELECT max(id) FROM scan");
    s.last_document = number("SELECT max(id) FROM document");
    s.last_job = number("SELECT max(id) FROM job");
    s.head = number("SELECT head FROM stream");
    return s;
  });
}

Result<std::uint64_t> SqliteReader::head() {
  return guarded("reading", [&] { return number("SELECT head FROM stream"); });
}

Result<std::uint64_t> SqliteReader::oldest() {
  return guarded("reading", [&] { return number("SELECT oldest FROM stream"); });
}

Result<std::string> SqliteReader::stream_id() {
  return guarded("reading", [&] {
    return first(statements_.get("SELECT id FROM stream"), read_text).value_or("");
  });
}

Result<std::uint64_t> SqliteReader::last_before(const std::string& time) {
  return guarded("reading", [&] {
    // By the first one after it: a clock that was set back leaves earlier times behind later ones.
    auto& statement = statements_.get(
        "SELECT coalesce((SELECT min(seq) FROM event WHERE time >= ?) - 1, "
        "(SELECT head FROM stream))");
    return first(with(statement, time), read_id).value_or(0);
  });
}

Result<std::vector<EventRow>> SqliteReader::events_after(std::uint64_t sequence, int limit) {
  return guarded("reading", [&] {
    auto& statement = statements_.get(
        "SELECT seq, key, document, body FROM event WHERE seq > ? ORDER BY seq LIMIT ?");
    statement.bind(2, limit);
    return all(with(statement, sequence), read_event);
  });
}

Result<std::vector<EventHead>> SqliteReader::event_heads_after(std::uint64_t sequence, int limit) {
  return guarded("reading", [&] {
    auto& statement =
        statements_.get("SELECT seq, type, form FROM event WHERE seq > ? ORDER BY seq LIMIT ?");
    statement.bind(2, limit);
    return all(with(statement, sequence), read_event_head);
  });
}

Result<std::optional<EventRow>> SqliteReader::last_event_of(const std::string& document) {
  return guarded("reading", [&] {
    auto& statement = statements_.get(
        "SELECT seq, key, document, body FROM event WHERE document = ? ORDER BY seq DESC LIMIT 1");
    return first(with(statement, document), read_event);
  });
}

Result<std::optional<CursorRow>> SqliteReader::cursor(const std::string& name) {
  return guarded("reading", [&] {
    return first(
        with(statements_.get("SELECT name, seq, lost, moved FROM subscriber WHERE name = ?"), name),
        read_cursor);
  });
}

Result<std::vector<PageResultRow>> SqliteReader::page_results(Id scan, int page) {
  return guarded("reading", [&] {
    auto& statement = statements_.get(
        "SELECT scan, idx, stage, body, blobs FROM page_result WHERE scan = ? AND idx = ?");
    statement.bind(2, page);
    return all(with(statement, scan), read_result);
  });
}

Result<std::optional<std::string>> SqliteReader::record(Id document) {
  return guarded("reading", [&] {
    return first(with(statements_.get("SELECT body FROM record WHERE document = ?"), document),
                 read_text);
  });
}

Result<std::optional<ScanRow>> SqliteReader::scan(Id id) {
  return guarded("reading", [&] {
    return first(with(statements_.get(select(kScanColumns, "scan WHERE id = ?")), id), read_scan);
  });
}

Result<std::vector<PageRow>> SqliteReader::pages(Id scan) {
  return guarded("reading", [&] {
    return all(
        with(statements_.get(select(kPageColumns, "page WHERE scan = ? ORDER BY idx")), scan),
        read_page);
  });
}

Result<std::optional<PageRow>> SqliteReader::page(Id scan, int index) {
  return guarded("reading", [&] {
    auto& statement = statements_.get(select(kPageColumns, "page WHERE scan = ? AND idx = ?"));
    statement.bind(1, signed_of(scan));
    statement.bind(2, index);
    return first(statement, read_page);
  });
}

Result<std::optional<BatchRow>> SqliteReader::batch(Id id) {
  return guarded("reading", [&] {
    return first(with(statements_.get(select(kBatchColumns, "batch WHERE id = ?")), id),
                 read_batch);
  });
}

Result<std::optional<Id>> SqliteReader::batch_named(const std::string& name) {
  return guarded("reading", [&] {
    return first(with(statements_.get("SELECT id FROM batch WHERE name = ?"), name), read_id);
  });
}

Result<std::vector<BatchRow>> SqliteReader::batches() {
  return guarded("reading", [&] {
    return all(statements_.get(select(kBatchColumns, "batch ORDER BY id")), read_batch);
  });
}

Result<std::optional<DocumentRow>> SqliteReader::document(Id id) {
  return guarded("reading", [&] {
    return first(with(statements_.get(select(kDocumentColumns, "document WHERE id = ?")), id),
                 read_document);
  });
}

Result<std::optional<DocumentRow>> SqliteReader::document_named(const std::string& name) {
  return guarded("reading", [&] {
    return first(with(statements_.get(select(kDocumentColumns, "document WHERE name = ?")), name),
                 read_document);
  });
}

Result<std::vector<DocumentRow>> SqliteReader::documents(const DocumentFilter& filter) {
  return guarded("reading", [&] {
    auto& statement =
        statements_.get(select(kDocumentColumns,
                               "document WHERE (?1 < 0 OR batch = ?1) AND (?2 < 0 OR state = ?2) "
                               "ORDER BY batch, name"));
    statement.bind(1, filter.batch ? signed_of(*filter.batch) : -1);
    statement.bind(2, filter.state ? static_cast<int>(*filter.state) : -1);
    return all(statement, read_document);
  });
}

Result<BatchContents> SqliteReader::contents(Id id) {
  PK_TRY(found, batch(id));
  return guarded("reading", [&] {
    BatchContents contents;
    contents.batch = found.value_or(BatchRow{});
    contents.scans =
        all(with(statements_.get(select(kScanColumns, "scan WHERE batch = ? ORDER BY number")), id),
            read_scan);
    contents.pages = all(
        with(statements_.get(select(
                 kPageColumns,
                 "page WHERE scan IN (SELECT id FROM scan WHERE batch = ?) ORDER BY scan, idx")),
             id),
        read_page);
    contents.documents = all(
        with(statements_.get(select(kDocumentColumns, "document WHERE batch = ? ORDER BY name")),
             id),
        read_document);
    return contents;
  });
}

Result<std::optional<ScanRow>> SqliteReader::scan_with(const std::string& sha256) {
  static_assert(static_cast<int>(ScanState::rejected) == 3);  // as it stands in the text below
  return guarded("reading", [&] {
    // In the order of an index: a file that was taken in is found in one look, however often it
    // came.
    const auto first_of = [&](const std::string& which) {
      const auto rows = "scan WHERE sha256 = ? " + which + "ORDER BY batch, copy LIMIT 1";
      return first(with(statements_.get(select(kScanColumns, rows)), sha256), read_scan);
    };
    const auto accepted = first_of("AND state <> 3 ");
    return accepted ? accepted : first_of("");
  });
}

Result<Backlog> SqliteReader::backlog() {
  static_assert(static_cast<int>(ScanState::split) == 2);
  static_assert(static_cast<int>(DocumentState::published) == 2);
  return guarded("reading", [&] {
    const auto read = [](SQLite::Statement& row) {
      return std::pair(static_cast<std::uint64_t>(row.getColumn(0).getInt64()),
                       row.getColumn(1).getString());
    };
    const auto counted = [&](const std::string& sql) {
      SQLite::Statement& statement = statements_.get(sql);
      statement.executeStep();
      auto found = read(statement);
      statement.reset();
      return found;
    };
    const std::string of_documents =
        "SELECT count(*), coalesce(min(nullif(scan.taken_at, '')), '') "
        "FROM document JOIN scan ON scan.id = document.scan WHERE document.state < 2 ";
    Backlog backlog;
    const auto scans = counted(
        "SELECT count(*), coalesce(min(nullif(taken_at, '')), '') FROM scan WHERE state < 2");
    const auto reading = counted(of_documents + "AND document.state = 0");
    const auto in_review = counted(of_documents + "AND document.state = 1");
    backlog.scans = scans.first;
    backlog.reading = reading.first;
    backlog.in_review = in_review.first;
    backlog.oldest_unread = earlier_of(scans.second, reading.second);
    backlog.oldest_in_review = in_review.second;
    backlog.quarantined = number("SELECT count(*) FROM page WHERE quarantine <> ''");
    return backlog;
  });
}

}  // namespace postkamer::journal
