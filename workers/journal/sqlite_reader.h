// SPDX-License-Identifier: EUPL-1.2
//
// Reading on one SQLite connection, with every statement prepared once.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include "workers/journal/journal.h"

namespace postkamer::journal {

// Prepared statements of a connection, by their text.
class Statements {
 public:
  explicit Statements(SQLite::Database& database) : database_(database) {}
  // Reset and without bindings of an earlier use. Throws SQLite::Exception.
  SQLite::Statement& get(const std::string& sql);

 private:
  SQLite::Database& database_;
  std::unordered_map<std::string, SQLite::Statement> statements_;
};

class SqliteReader : public Reader {
 public:
  explicit SqliteReader(SQLite::Database& database) : statements_(database) {}

  Result<Snapshot> snapshot() override;
  Result<std::uint64_t> head() override;
  Result<std::uint64_t> oldest() override;
  Result<std::string> stream_id() override;
  Result<std::uint64_t> last_before(const std::string& time) override;
  Result<std::vector<EventRow>> events_after(std::uint64_t sequence, int limit) override;
  Result<std::vector<EventHead>> event_heads_after(std::uint64_t sequence, int limit) override;
  Result<std::optional<EventRow>> last_event_of(const std::string& document) override;
  Result<std::optional<CursorRow>> cursor(const std::string& name) override;
  Result<std::vector<PageResultRow>> page_results(Id scan, int page) override;
  Result<std::optional<std::string>> record(Id document) override;
  Result<std::optional<ScanRow>> scan(Id id) override;
  Result<std::vector<PageRow>> pages(Id scan) override;
  Result<std::optional<PageRow>> page(Id scan, int index) override;
  Result<std::optional<BatchRow>> batch(Id id) override;
  Result<std::optional<Id>> batch_named(const std::string& name) override;
  Result<std::vector<BatchRow>> batches() override;
  Result<std::optional<DocumentRow>> document(Id id) override;
  Result<std::optional<DocumentRow>> document_named(const std::string& name) override;
  Result<std::vector<DocumentRow>> documents(const DocumentFilter& filter) override;
  Result<BatchContents> contents(Id batch) override;
  Result<std::optional<ScanRow>> scan_with(const std::string& sha256) override;
  Result<Backlog> backlog() override;
  Result<std::vector<AuditRow>> audit_after(std::uint64_t after, int limit) override;
  Result<AuditAnchor> audit_head() override;
  Result<AuditAnchor> audit_anchor() override;
  Result<std::string> audit_id() override;
  Result<std::int64_t> clock() override;
  Result<std::uint64_t> last_audit_before(const std::string& time) override;
  Result<std::vector<Id>> droppable(Kept kept, const std::string& before, Id after,
                                    int limit) override;
  Result<std::uint64_t> unproven(const std::string& before) override;
  Result<std::vector<std::string>> blobs_of(const Drop& what) override;
  Result<bool> is_referenced(const std::string& sha256) override;

 private:
  std::uint64_t number(const std::string& sql);
  Statements statements_;
};

// An Error from what SQLite said; and when it was our own rule (balance_step.h) that refused.
tl::unexpected<Error> journal_error(std::string_view doing, const std::exception& exception);
tl::unexpected<Error> unbalanced_error(const std::string& what);

}  // namespace postkamer::journal
