// SPDX-License-Identifier: EUPL-1.2
#include "workers/journal/sqlite_journal.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <SQLiteCpp/Transaction.h>

#include <algorithm>
#include <tuple>

#include "workers/journal/audit.h"
#include "workers/journal/migrations.h"
#include "workers/journal/sqlite_dropper.h"
#include "workers/journal/sqlite_reader.h"
#include "workers/journal/sqlite_schema.h"

namespace postkamer::journal {
namespace {

namespace fs = std::filesystem;

// A reader that comes first after a crash recovers the log, and holds up the writer meanwhile.
constexpr int kBusyMs = 2000;

// "INSERT INTO t(columns) VALUES(?, ...) ON CONFLICT(key) DO UPDATE SET ..." every column but the
// key and those that a row keeps as it was made. To name a column there has each of its indexes
// written anew, also where nothing changes.
std::string upsert(const std::string& table, const std::string& columns, const std::string& key,
                   const std::string& kept = {}) {
  const std::vector<std::string> fixed = parted(kept.empty() ? key : key + ", " + kept, ", ");
  std::string marks;
  std::string updates;
  for (const std::string& column : parted(columns, ", ")) {
    marks += marks.empty() ? "?" : ", ?";
    if (std::ranges::find(fixed, column) != fixed.end()) continue;
    updates += (updates.empty() ? "" : ", ") + column + " = excluded." + column;
  }
  return "INSERT INTO " + table + "(" + columns + ") VALUES(" + marks + ") ON CONFLICT(" + key +
         ") DO UPDATE SET " + updates;
}

// Held as long as the writer lives: two writers could corrupt the file.
class WriterLock {
 public:
  explicit WriterLock(const fs::path& file)
      : fd_(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)) {}
  ~WriterLock() {
    if (fd_ >= 0) ::close(fd_);
  }
  WriterLock(const WriterLock&) = delete;
  WriterLock& operator=(const WriterLock&) = delete;
  [[nodiscard]] bool take() const { return fd_ >= 0 && ::flock(fd_, LOCK_EX | LOCK_NB) == 0; }

 private:
  int fd_;
};

class ReadTransaction : public Hold {
 public:
  explicit ReadTransaction(SQLite::Database& database) : transaction_(database) {}

 private:
  SQLite::Transaction transaction_;  // rolled back: there is nothing in it
};

class SqliteJournal : public Journal {
 public:
  SqliteJournal(const fs::path& file, std::unique_ptr<WriterLock> lock, StampEvent stamp,
                const TellStep& tell)
      : lock_(std::move(lock)),
        database_(file.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE, kBusyMs),
        stamp_(std::move(stamp)),
        reader_(database_),
        statements_(database_),
        dropper_(statements_) {
    for (const char* pragma : {"journal_mode = WAL", "synchronous = FULL", "trusted_schema = OFF",
                               "cell_size_check = ON", "mmap_size = 0", "wal_autocheckpoint = 2000",
                               "cache_size = -8192"})
      database_.exec(std::string("PRAGMA ") + pragma);
    sqlite3_db_config(database_.getHandle(), SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    bring_forward(database_, newest_version(), tell);
    const AuditAnchor last = reader_.audit_head().value_or(AuditAnchor{});
    audit_number_ = last.number;
    audit_hash_ = last.hash;
    SQLite::Statement head(database_, "SELECT head FROM stream");
    if (head.executeStep()) head_ = static_cast<std::uint64_t>(head.getColumn(0).getInt64());
  }

  Reader& reader() override { return reader_; }

  std::unique_ptr<Hold> hold() override {
    try {
      return std::make_unique<ReadTransaction>(database_);
    } catch (const SQLite::Exception&) {
      return nullptr;  // each read will say what is wrong
    }
  }

  Result<std::uint64_t> commit(const Operations& operations, const std::string& now) override {
    if (operations.empty()) return head_;
    const auto before = std::tuple(head_, audit_number_, audit_hash_);
    try {
      SQLite::Transaction transaction(database_, SQLite::TransactionBehavior::IMMEDIATE);
      for (const Operation& operation : operations)
        std::visit([&](const auto& o) { apply(o, now); }, operation);
      transaction.commit();
      return head_;
    } catch (const SQLite::Exception& exception) {
      std::tie(head_, audit_number_, audit_hash_) = before;
      if (exception.getExtendedErrorCode() == SQLITE_CONSTRAINT_TRIGGER)
        return unbalanced_error(exception.what());
      return journal_error("writing", exception);
    }
  }

  // The log holds many versions of a page, the database one.
  void make_room() override {
    try {
      SQLite::Statement(database_, "PRAGMA wal_checkpoint(TRUNCATE)").executeStep();
    } catch (const SQLite::Exception&) {
      return;  // the database itself finds no room: the log stays as it is
    }
  }

 private:
  template <class Row>
  void put(const std::string& sql, const Row& row) {
    SQLite::Statement& statement = statements_.get(sql);
    bind(statement, row);
    statement.exec();
  }

  void apply(const BatchRow& row, const std::string& now) {
    static const std::string sql = upsert("batch", kBatchColumns, "id", "name");
    put(sql, row);
    if (row.state != BatchState::closed) return;
    SQLite::Statement& close =
        statements_.get("UPDATE batch SET closed = ? WHERE id = ? AND closed = ''");
    close.bindNoCopy(1, now);
    close.bind(2, static_cast<std::int64_t>(row.id));
    close.exec();
  }
  void apply(const ScanRow& row, const std::string& now) {
    static const std::string sql = upsert("scan", std::string(kScanColumns) + ", taken_at", "id",
                                          "batch, number, name, sha256, copy, size, taken_at");
    SQLite::Statement& statement = statements_.get(sql);
    bind(statement, row);
    statement.bindNoCopy(statement.getBindParameterCount(), now);
    statement.exec();
  }
  void apply(const PageRow& row, const std::string&) {
    static const std::string sql = upsert("page", kPageColumns, "scan, idx", "picture");
    put(sql, row);
  }
  void apply(const DocumentRow& row, const std::string& now) {
    static const std::string sql =
        upsert("document", std::string(kDocumentColumns) + ", changed", "id", "name, batch, scan");
    SQLite::Statement& statement = statements_.get(sql);
    bind(statement, row);
    statement.bindNoCopy(kDocumentColumnCount + 1, now);
    statement.exec();
  }
  void apply(const JobRow& row, const std::string&) {
    static const std::string sql = upsert("job", kJobColumns, "id");
    put(sql, row);
  }
  void apply(const PageResultRow& row, const std::string&) {
    static const std::string sql =
        upsert("page_result", "scan, idx, stage, body, blobs", "scan, idx, stage");
    SQLite::Statement& statement = statements_.get(sql);
    const std::string blobs = joined(row.blobs);
    statement.bind(1, static_cast<std::int64_t>(row.scan));
    statement.bind(2, row.page);
    statement.bindNoCopy(3, row.stage);
    statement.bindNoCopy(4, row.body);
    statement.bindNoCopy(5, blobs);
    statement.exec();
    // A page that is put back is read after the others were let go; this goes in its turn.
    SQLite::Statement& again =
        statements_.get("UPDATE scan SET dropped = dropped & ~1 WHERE id = ? AND dropped & 1 = 1");
    again.bind(1, static_cast<std::int64_t>(row.scan));
    again.exec();
  }
  void apply(const PutRecord& record, const std::string&) {
    static const std::string sql = upsert("record", "document, body", "document");
    SQLite::Statement& statement = statements_.get(sql);
    statement.bind(1, static_cast<std::int64_t>(record.document));
    statement.bindNoCopy(2, record.text);
    statement.exec();
  }
  void apply(const DropJob& drop, const std::string&) {
    SQLite::Statement& statement = statements_.get("DELETE FROM job WHERE id = ?");
    statement.bind(1, static_cast<std::int64_t>(drop.job));
    statement.exec();
  }
  void apply(const CursorRow& row, const std::string&) {
    static const std::string sql =
        upsert("subscriber", "name, seq, moved", "name");  // `lost` stays
    SQLite::Statement& statement = statements_.get(sql);
    statement.bindNoCopy(1, row.name);
    statement.bind(2, static_cast<std::int64_t>(row.sequence));
    statement.bind(3, row.is_moved ? 1 : 0);
    statement.exec();
  }
  void apply(const AppendEvent& event, const std::string& now) {
    SQLite::Statement& known = statements_.get("SELECT 1 FROM event WHERE key = ?");
    known.bindNoCopy(1, event.key);
    const bool is_known = known.executeStep();
    known.reset();
    if (is_known) return;
    SQLite::Statement& next = statements_.get("UPDATE stream SET head = head + 1 RETURNING head");
    next.executeStep();
    head_ = static_cast<std::uint64_t>(next.getColumn(0).getInt64());
    next.reset();
    const std::string body = stamp_(event.body, head_, now);
    SQLite::Statement& statement = statements_.get("INSERT INTO event VALUES(?, ?, ?, ?, ?, ?, ?)");
    statement.bind(1, static_cast<std::int64_t>(head_));
    statement.bindNoCopy(2, event.key);
    statement.bindNoCopy(3, event.document);
    statement.bindNoCopy(4, event.type);
    statement.bindNoCopy(5, event.form);
    statement.bindNoCopy(6, now);
    statement.bindNoCopy(7, body);
    statement.exec();
  }
  void apply(const DropEvents& drop, const std::string&) {
    const auto up_to = static_cast<std::int64_t>(std::min(drop.up_to, head_));
    SQLite::Statement& forget = statements_.get(
        "UPDATE event SET body = '' WHERE seq <= ? AND seq >= "
        "(SELECT oldest FROM stream)");
    forget.bind(1, up_to);
    forget.exec();
    SQLite::Statement& oldest = statements_.get("UPDATE stream SET oldest = max(oldest, ? + 1)");
    oldest.bind(1, up_to);
    oldest.exec();
  }
  void apply(const LoseEvents& lose, const std::string&) {
    SQLite::Statement& statement = statements_.get(
        "INSERT INTO subscriber(name, seq, lost) VALUES(?1, 0, ?2) "
        "ON CONFLICT(name) DO UPDATE SET lost = lost + ?2");
    statement.bindNoCopy(1, lose.subscriber);
    statement.bind(2, static_cast<std::int64_t>(lose.count));
    statement.exec();
  }
  void apply(const StartAnew& anew, const std::string&) {
    SQLite::Statement& stream = statements_.get(
        "UPDATE stream SET id = ?, last_batch = ? + "
        "max(last_batch, (SELECT coalesce(max(id), 0) FROM batch))");
    stream.bindNoCopy(1, anew.stream);
    stream.bind(2, static_cast<std::int64_t>(kNumbersLeftOut));
    stream.exec();
    SQLite::Statement& scans =
        statements_.get("UPDATE batch SET scans = scans + ? WHERE state = 0");
    scans.bind(1, static_cast<std::int64_t>(kNumbersLeftOut));
    scans.exec();
  }
  void apply(const Audit& audit, const std::string& now) {
    const AuditRow row = next_audit_row(audit_number_, audit_hash_, now, audit.what, audit.subject,
                                        audit.detail, audit.actor);
    SQLite::Statement& statement = statements_.get(
        "INSERT INTO audit(number, time, what, subject, detail, hash, actor, payload_hash, "
        "previous_hash) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)");
    int column = 0;
    statement.bind(++column, static_cast<std::int64_t>(row.number));
    for (const std::string* text : {&row.time, &row.what, &row.subject, &row.detail, &row.hash,
                                    &row.actor, &row.payload_hash, &row.previous_hash})
      statement.bindNoCopy(++column, *text);
    statement.exec();
    audit_number_ = row.number;
    audit_hash_ = row.hash;
  }
  void apply(const Proven& proven, const std::string& now) {
    SQLite::Statement& statement = statements_.get("UPDATE batch SET proven = ? WHERE id = ?");
    statement.bindNoCopy(1, now);
    statement.bind(2, static_cast<std::int64_t>(proven.batch));
    statement.exec();
  }
  void apply(const Drop& drop, const std::string&) { dropper_.drop(drop); }
  void apply(const DropAudit& drop, const std::string&) { dropper_.drop(drop); }
  void apply(const SawClock& saw, const std::string&) {
    SQLite::Statement& statement = statements_.get("UPDATE audit_anchor SET clock = ?");
    statement.bind(1, saw.seconds);
    statement.exec();
  }

  std::unique_ptr<WriterLock> lock_;
  SQLite::Database database_;
  StampEvent stamp_;
  SqliteReader reader_;
  Statements statements_;
  SqliteDropper dropper_;
  std::uint64_t head_ = 0;
  std::uint64_t audit_number_ = 0;
  std::string audit_hash_;
};

// A connection that can do no harm: it neither writes nor checkpoints.
struct LoneConnection {
  std::unique_ptr<SQLite::Database> database;
};
// The connection is the first base, so that it outlives the statements prepared on it.
class LoneReader : private LoneConnection, public SqliteReader {
 public:
  explicit LoneReader(std::unique_ptr<SQLite::Database> connection)
      : LoneConnection{std::move(connection)}, SqliteReader(*database) {}
};

// Opened for writing, since what a crash left half done is undone by whoever opens it first.
int version_in(const fs::path& file) {
  SQLite::Database database(file.string(), SQLite::OPEN_READWRITE, kBusyMs);
  return version_of(database);
}

}  // namespace

Result<std::unique_ptr<Journal>> open_journal(const fs::path& file, StampEvent stamp,
                                              const TellStep& tell) {
  auto lock = std::make_unique<WriterLock>(file.string() + ".lock");
  if (!lock->take())
    return fail(ErrorCode::invalid_config, "journal_in_use",
                "opening the journal: another broker has it; stop that one first");
  // SQLite would let others read it; the files beside it get the rights that this one has.
  if (const int fd = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600); fd >= 0) {
    ::fchmod(fd, 0600);
    ::close(fd);
  }
  try {
    std::error_code failed;
    if (fs::file_size(file, failed) > 0 && !failed) PK_CHECK(check_not_newer(version_in(file)));
    return std::make_unique<SqliteJournal>(file, std::move(lock), std::move(stamp), tell);
  } catch (const SQLite::Exception& exception) {
    return journal_error("opening", exception);
  }
}

Result<std::unique_ptr<Reader>> open_reader(const fs::path& file) {
  if (!fs::exists(file))
    return fail(ErrorCode::unavailable, "journal_missing",
                "opening the journal for reading: the broker has not made it yet");
  try {
    auto database = std::make_unique<SQLite::Database>(file.string(), SQLite::OPEN_READONLY);
    database->setBusyTimeout(kBusyMs);
    database->exec("PRAGMA query_only = ON");
    sqlite3_db_config(database->getHandle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    const int version = version_of(*database);
    PK_CHECK(check_not_newer(version));
    if (version < newest_version())
      return fail(ErrorCode::unavailable, "journal_older",
                  "opening the journal for reading: the broker has not brought it forward yet");
    return std::make_unique<LoneReader>(std::move(database));
  } catch (const SQLite::Exception& exception) {
    return journal_error("opening", exception);
  }
}

}  // namespace postkamer::journal
