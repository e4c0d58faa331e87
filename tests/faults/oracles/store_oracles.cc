// SPDX-License-Identifier: EUPL-1.2
#include "tests/faults/oracles/store_oracles.h"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <sqlite3.h>

#include <algorithm>

#include "workers/journal/blob_store.h"
#include "workers/journal/sqlite_journal.h"

namespace postkamer::faults {
namespace {

constexpr int kAll = 1 << 20;
constexpr std::size_t kShown = 5;  // of violations of one kind

// What a crash left half done is undone by whoever opens it for writing. The log stays as it is,
// for the next broker to find.
SQLite::Database opened(const host::Layout& layout) {
  SQLite::Database database(layout.journal().string(), SQLite::OPEN_READWRITE);
  sqlite3_db_config(database.getHandle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  return database;
}

std::unique_ptr<journal::Reader> reader_of(const host::Layout& layout) {
  opened(layout).exec("SELECT 1 FROM stream");
  return journal::open_reader(layout.journal()).value();
}

std::vector<std::string> texts(SQLite::Database& database, const std::string& sql) {
  std::vector<std::string> all;
  SQLite::Statement statement(database, sql);
  while (statement.executeStep()) all.push_back(statement.getColumn(0).getString());
  return all;
}

void add(Violations& all, Violations more) {
  if (more.size() > kShown) {
    more[kShown] = "... and " + std::to_string(more.size() - kShown) + " more";
    more.resize(kShown + 1);
  }
  std::ranges::move(more, std::back_inserter(all));
}

// O2, and that no file was taken in twice.
Violations claim_violations(SQLite::Database& database, const Told& told) {
  Violations found;
  auto claimed = texts(database, "SELECT sha256 || ':' || copy FROM scan WHERE sha256 <> ''");
  std::ranges::sort(claimed);
  for (const std::string& file : told.files)
    if (!std::ranges::binary_search(claimed, file))
      found.push_back("O2: file " + file + " was acknowledged and is not in the journal");
  for (const std::string& file :
       texts(database,
             "SELECT sha256 || ':' || copy || ' of batch ' || batch FROM scan "
             "WHERE sha256 <> '' GROUP BY batch, sha256, copy HAVING count(*) > 1"))
    found.push_back("O3: file " + file + " is two scans");
  return found;
}

// O4: a column may hold several hashes with commas between.
Violations blob_violations(SQLite::Database& database, const host::Layout& layout) {
  Violations found;
  const auto blobs = journal::BlobStore::open(layout.blobs()).value();
  std::set<std::string> names;
  for (const std::string& joined :
       texts(database,
             "SELECT sha256 FROM scan WHERE sha256 NOT LIKE 'refused:%' UNION SELECT picture FROM "
             "page UNION "
             "SELECT blobs FROM page_result UNION SELECT pdf FROM document"))
    for (std::size_t start = 0; start < joined.size();) {
      const std::size_t end = std::min(joined.find(',', start), joined.size());
      names.insert(joined.substr(start, end - start));
      start = end + 1;
    }
  for (const std::string& name : names)
    if (const auto blob = blobs.get(name); !blob)
      found.push_back("O4: " + blob.error().reason + " " + name);
  return found;
}

}  // namespace

Violations store_violations(const host::Layout& layout, const Told& told) {
  Violations found;
  try {
    SQLite::Database database = opened(layout);
    for (const std::string& line : texts(database, "PRAGMA integrity_check"))
      if (line != "ok") found.push_back("O5: " + line);
    add(found, claim_violations(database, told));
    add(found, blob_violations(database, layout));
  } catch (const SQLite::Exception& exception) {
    return {std::string("O5: the journal cannot be read: ") + exception.what()};
  }
  const auto reader = journal::open_reader(layout.journal());
  if (!reader) return {"O5: the journal cannot be opened: " + reader.error().message};
  add(found, stream_violations(**reader, told.events));
  add(found, audit_violations(**reader));
  return found;
}

Violations end_violations(const host::Layout& layout, const Told& told, const std::string& batch,
                          std::size_t files) {
  Violations found = store_violations(layout, told);
  const auto reader = reader_of(layout);
  add(found, ledger_violations(*reader, batch, files));
  add(found, leftover_violations(*reader));
  return found;
}

std::vector<journal::EventRow> events_of(const host::Layout& layout) {
  return reader_of(layout)->events_after(0, kAll).value();
}

std::size_t audited(const host::Layout& layout, const std::string& what) {
  const auto rows = reader_of(layout)->audit_after(0, kAll).value();
  return static_cast<std::size_t>(std::ranges::count(rows, what, &journal::AuditRow::what));
}

}  // namespace postkamer::faults
