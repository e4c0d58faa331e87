// SPDX-License-Identifier: EUPL-1.2
#include "workers/journal/journal_copy.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <algorithm>

#include <SQLiteCpp/Backup.h>
#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include "workers/journal/migrations.h"
#include "workers/journal/sqlite_reader.h"
#include "workers/journal/sqlite_schema.h"

namespace postkamer::journal {
namespace {

namespace fs = std::filesystem;

constexpr int kBusyMs = 2000;
constexpr std::size_t kHashDigits = 64;

// Where rows name blobs: one, or several with commas between. A file that was refused has none; it
// is known by its name.
constexpr const char* kNamedBlobs =
    "SELECT sha256 FROM scan WHERE sha256 NOT LIKE 'refused:%' UNION SELECT picture FROM page "
    "UNION SELECT blobs FROM page_result UNION SELECT pdf FROM document";

// Since this version a row stays when its bytes are let go: 2 = originals, 4 = records, as
// Reader::is_referenced sees it.
constexpr int kDropsSince = 5;
constexpr const char* kKeptBlobs =
    "SELECT s.sha256 FROM scan s JOIN batch b ON b.id = s.batch "
    "  WHERE b.dropped & 2 = 0 AND s.sha256 NOT LIKE 'refused:%' "
    "UNION SELECT p.picture FROM page p JOIN scan s ON s.id = p.scan "
    "  JOIN batch b ON b.id = s.batch WHERE b.dropped & 2 = 0 "
    "UNION SELECT blobs FROM page_result "
    "UNION SELECT d.pdf FROM document d JOIN batch b ON b.id = d.batch WHERE b.dropped & 4 = 0";

bool is_hash(const std::string& name) {
  return name.size() == kHashDigits &&
         name.find_first_not_of("0123456789abcdef") == std::string::npos;
}

tl::unexpected<Error> missing(const fs::path& journal) {
  return fail(ErrorCode::unavailable, "journal_missing",
              "copying a journal: there is none at " + journal.string());
}

Result<void> check_whole(SQLite::Database& database) {
  SQLite::Statement check(database, "PRAGMA integrity_check(1)");
  check.executeStep();
  const std::string found = check.getColumn(0).getString();
  if (found == "ok") return {};
  return fail(ErrorCode::corrupt_store, "journal_damaged", "checking a journal: " + found);
}

JournalFacts read_facts(SQLite::Database& database) {
  JournalFacts facts;
  facts.version = version_of(database);
  SQLite::Statement stream(database, "SELECT head FROM stream");
  if (stream.executeStep()) facts.head = static_cast<std::uint64_t>(stream.getColumn(0).getInt64());
  if (facts.version >= 2)  // the first version had no id
    facts.stream = database.execAndGet("SELECT id FROM stream").getString();
  SQLite::Statement last(database, "SELECT number, hash FROM audit ORDER BY number DESC LIMIT 1");
  if (last.executeStep()) {
    facts.audit_row = static_cast<std::uint64_t>(last.getColumn(0).getInt64());
    facts.audit_hash = last.getColumn(1).getString();
  }
  return facts;
}

void make_durable(const fs::path& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return;
  ::fsync(fd);
  ::close(fd);
}

}  // namespace

Result<JournalFacts> copy_journal(const fs::path& journal, const fs::path& copy) {
  if (!fs::exists(journal)) return missing(journal);
  try {
    SQLite::Database from(journal.string(), SQLite::OPEN_READONLY, kBusyMs);
    from.exec("PRAGMA query_only = ON");
    sqlite3_db_config(from.getHandle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    SQLite::Database to(copy.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE, kBusyMs);
    if (SQLite::Backup(to, from).executeStep(-1) != SQLITE_DONE)
      return fail(ErrorCode::corrupt_store, "journal_io",
                  "copying a journal: it was locked all the time; try again");
    to.exec("PRAGMA journal_mode = DELETE");  // one file, without a log beside it
    PK_CHECK(check_whole(to));
    JournalFacts facts = read_facts(to);
    make_durable(copy);
    make_durable(copy.parent_path());
    return facts;
  } catch (const SQLite::Exception& exception) {
    return journal_error("copying", exception);
  }
}

Result<JournalFacts> facts_of(const fs::path& journal) {
  if (!fs::exists(journal)) return missing(journal);
  try {
    SQLite::Database database(journal.string(), SQLite::OPEN_READONLY, kBusyMs);
    PK_CHECK(check_not_newer(version_of(database)));
    PK_CHECK(check_whole(database));
    return read_facts(database);
  } catch (const SQLite::Exception& exception) {
    return journal_error("reading", exception);
  }
}

Result<std::vector<std::string>> blobs_named_in(const fs::path& journal) {
  try {
    SQLite::Database database(journal.string(), SQLite::OPEN_READONLY, kBusyMs);
    std::vector<std::string> names;
    SQLite::Statement rows(database, version_of(database) < kDropsSince ? kNamedBlobs : kKeptBlobs);
    while (rows.executeStep())
      for (std::string& name : parted(rows.getColumn(0).getString()))
        if (is_hash(name)) names.push_back(std::move(name));
    std::ranges::sort(names);
    const auto again = std::ranges::unique(names);
    names.erase(again.begin(), again.end());
    return names;
  } catch (const SQLite::Exception& exception) {
    return journal_error("reading", exception);
  }
}

}  // namespace postkamer::journal
