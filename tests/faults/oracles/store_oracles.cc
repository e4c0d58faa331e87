// SPDX-License-Identifier: EUPL-1.2
#include "tests/faults/oracles/store_oracles.h"

#include <SQLiteCpp/Database.h>
#include <sqlite3.h>

#include <algorithm>

#include "tests/faults/oracles/file_oracles.h"
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

}  // namespace

Violations store_violations(const host::Layout& layout, const Told& told) {
  Violations found;
  try {
    SQLite::Database database = opened(layout);
    add(found, integrity_violations(database));
    add(found, claim_violations(database, told));
    add(found, blob_violations(database, layout.blobs()));
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
