// SPDX-License-Identifier: EUPL-1.2
#include "workers/journal/migrations.h"

#include <SQLiteCpp/Transaction.h>
#include <sqlite3.h>

#include <utility>

#include "workers/journal/balance_step.h"

namespace postkamer::journal {
namespace {

using TellStep = std::function<void(const std::string& step)>;

constexpr const char* kFirstTables = R"sql(
CREATE TABLE batch(
  id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, class TEXT NOT NULL,
  date_of_receipt TEXT NOT NULL, source TEXT NOT NULL, publish INTEGER NOT NULL,
  expected_sheets INTEGER NOT NULL, state INTEGER NOT NULL, scans INTEGER NOT NULL) STRICT;
CREATE TABLE scan(
  id INTEGER PRIMARY KEY, batch INTEGER NOT NULL, number INTEGER NOT NULL, name TEXT NOT NULL,
  sha256 TEXT NOT NULL, copy INTEGER NOT NULL, size INTEGER NOT NULL, state INTEGER NOT NULL,
  reason TEXT NOT NULL, message TEXT NOT NULL, page_count INTEGER NOT NULL,
  pages_decoded INTEGER NOT NULL, findings TEXT NOT NULL) STRICT;
CREATE UNIQUE INDEX scan_bytes ON scan(sha256, batch, copy);
CREATE UNIQUE INDEX scan_place ON scan(batch, number);
CREATE TABLE page(
  scan INTEGER NOT NULL, idx INTEGER NOT NULL, kind INTEGER NOT NULL, picture TEXT NOT NULL,
  flags INTEGER NOT NULL, form TEXT NOT NULL, form_version TEXT NOT NULL,
  form_page INTEGER NOT NULL, quarantine TEXT NOT NULL, document INTEGER NOT NULL,
  PRIMARY KEY(scan, idx)) STRICT, WITHOUT ROWID;
CREATE TABLE page_result(
  scan INTEGER NOT NULL, idx INTEGER NOT NULL, stage TEXT NOT NULL, body TEXT NOT NULL,
  blobs TEXT NOT NULL, PRIMARY KEY(scan, idx, stage)) STRICT;
CREATE TABLE document(
  id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, batch INTEGER NOT NULL, scan INTEGER NOT NULL,
  state INTEGER NOT NULL, flags INTEGER NOT NULL, revision INTEGER NOT NULL, form TEXT NOT NULL,
  split_findings TEXT NOT NULL, pdf TEXT NOT NULL, archive_failure TEXT NOT NULL) STRICT;
CREATE INDEX document_batch ON document(batch);
CREATE TABLE record(document INTEGER PRIMARY KEY, body TEXT NOT NULL) STRICT;
CREATE TABLE job(
  id INTEGER PRIMARY KEY, kind INTEGER NOT NULL, scan INTEGER NOT NULL, document INTEGER NOT NULL,
  page INTEGER NOT NULL, generation INTEGER NOT NULL, attempt INTEGER NOT NULL,
  acquired INTEGER NOT NULL, failed INTEGER NOT NULL, leased INTEGER NOT NULL,
  token INTEGER NOT NULL) STRICT;
CREATE TABLE event(
  seq INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, document TEXT NOT NULL,
  body TEXT NOT NULL) STRICT;
CREATE TABLE stream(one INTEGER PRIMARY KEY CHECK(one = 1), head INTEGER NOT NULL) STRICT;
INSERT INTO stream VALUES(1, 0);
CREATE TABLE subscriber(name TEXT PRIMARY KEY, seq INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE audit(
  number INTEGER PRIMARY KEY, time TEXT NOT NULL, what TEXT NOT NULL, subject TEXT NOT NULL,
  detail TEXT NOT NULL, hash TEXT NOT NULL) STRICT;
)sql";

constexpr const char* kNamedStream = R"sql(
ALTER TABLE event RENAME TO old_event;
CREATE TABLE event(
  seq INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, document TEXT NOT NULL, type TEXT NOT NULL,
  form TEXT NOT NULL, time TEXT NOT NULL, body TEXT NOT NULL) STRICT;
INSERT INTO event
  SELECT seq, key, document, coalesce(json_extract(body, '$.type'), ''),
    coalesce(json_extract(body, '$.data.form.id'), ''), coalesce(json_extract(body, '$.time'), ''),
    body FROM old_event;
DROP TABLE old_event;
ALTER TABLE stream ADD COLUMN oldest INTEGER NOT NULL DEFAULT 1;
ALTER TABLE stream ADD COLUMN id TEXT NOT NULL DEFAULT '';
ALTER TABLE subscriber ADD COLUMN lost INTEGER NOT NULL DEFAULT 0;
CREATE INDEX event_document ON event(document, seq);
CREATE INDEX event_head ON event(seq, type, form);
CREATE INDEX event_time ON event(time, seq);
UPDATE stream SET id = lower(hex(randomblob(8))) WHERE id = '';
)sql";

// When a file was taken stood in the audit log only. The indexes hold what is open, which is
// little.
constexpr const char* kAges = R"sql(
ALTER TABLE scan ADD COLUMN taken_at TEXT NOT NULL DEFAULT '';
CREATE TABLE claimed(subject TEXT PRIMARY KEY, time TEXT NOT NULL) STRICT;
INSERT INTO claimed
  SELECT subject, min(time) FROM audit WHERE what = 'file_claimed' GROUP BY subject;
UPDATE scan
  SET taken_at = coalesce((SELECT time FROM claimed WHERE subject = 'S' || scan.id), '');
DROP TABLE claimed;
CREATE INDEX scan_open ON scan(taken_at) WHERE state < 2;
CREATE INDEX document_open ON document(state, scan) WHERE state < 2;
CREATE INDEX page_quarantined ON page(scan, idx) WHERE quarantine <> '';
ALTER TABLE stream ADD COLUMN last_batch INTEGER NOT NULL DEFAULT 0;
)sql";

// The audit's header; what is kept of what, and since when nobody needs it. Ages count from now on
// in a journal that did not keep them.
constexpr const char* kAuditAndRetention = R"sql(
ALTER TABLE audit ADD COLUMN actor TEXT NOT NULL DEFAULT '';
ALTER TABLE audit ADD COLUMN payload_hash TEXT NOT NULL DEFAULT '';
ALTER TABLE audit ADD COLUMN previous_hash TEXT NOT NULL DEFAULT '';
CREATE TABLE audit_anchor(
  one INTEGER PRIMARY KEY CHECK(one = 1), number INTEGER NOT NULL, hash TEXT NOT NULL,
  id TEXT NOT NULL) STRICT;
INSERT INTO audit_anchor VALUES(1, 0, '', lower(hex(randomblob(8))));
ALTER TABLE batch ADD COLUMN closed TEXT NOT NULL DEFAULT '';
ALTER TABLE batch ADD COLUMN proven TEXT NOT NULL DEFAULT '';
ALTER TABLE batch ADD COLUMN dropped INTEGER NOT NULL DEFAULT 0;
ALTER TABLE scan ADD COLUMN dropped INTEGER NOT NULL DEFAULT 0;
ALTER TABLE document ADD COLUMN changed TEXT NOT NULL DEFAULT '';
UPDATE batch SET closed = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') WHERE state = 2;
UPDATE document SET changed = strftime('%Y-%m-%dT%H:%M:%fZ', 'now');
CREATE INDEX audit_time ON audit(time, number);
CREATE INDEX document_scan ON document(scan);
CREATE INDEX document_copy ON document(substr(pdf, 1, 64)) WHERE pdf <> '';
CREATE INDEX document_proof ON document(substr(pdf, 66)) WHERE pdf <> '';
CREATE INDEX page_picture ON page(picture);
CREATE INDEX result_blob ON page_result(blobs) WHERE blobs <> '';
CREATE INDEX result_blobs ON page_result(blobs) WHERE instr(blobs, ',') > 0;
CREATE INDEX scan_keeps ON scan(id) WHERE dropped & 1 = 0;
)sql";

constexpr const char* kMoved = R"sql(
ALTER TABLE subscriber ADD COLUMN moved INTEGER NOT NULL DEFAULT 0;
)sql";

constexpr const char* kClock = R"sql(
ALTER TABLE audit_anchor ADD COLUMN clock INTEGER NOT NULL DEFAULT 0;
UPDATE audit_anchor SET clock = coalesce(
  (SELECT CAST(strftime('%s', time) AS INTEGER) FROM audit ORDER BY number DESC LIMIT 1), 0);
)sql";

// While it lives, SQLite calls it every so many of its operations; what it does then takes minutes
// on a large journal, and looks like a standstill from outside.
class Teller {
 public:
  Teller(SQLite::Database& database, TellStep tell)
      : handle_(database.getHandle()), tell_(std::move(tell)) {
    if (tell_) sqlite3_progress_handler(handle_, kOperations, &Teller::on_progress, this);
  }
  ~Teller() {
    if (tell_) sqlite3_progress_handler(handle_, 0, nullptr, nullptr);
  }
  Teller(const Teller&) = delete;
  Teller& operator=(const Teller&) = delete;

  void begin(int step, int last) {
    step_ = "step " + std::to_string(step) + " of " + std::to_string(last) + ": " +
            steps()[static_cast<std::size_t>(step) - 1].what;
    if (tell_) tell_(step_);
  }

 private:
  static constexpr int kOperations = 10'000;
  static int on_progress(void* self) {
    const auto* teller = static_cast<Teller*>(self);
    teller->tell_(teller->step_);
    return 0;
  }

  sqlite3* handle_;
  TellStep tell_;
  std::string step_;
};

}  // namespace

const std::vector<Step>& steps() {
  static const std::vector<Step> all{
      {"batches, scans, pages, documents, jobs, events, audit", kFirstTables},
      {"a stream has an id and an oldest event, an event its type and form", kNamedStream},
      {"when a file was taken; what is open is found at once; numbers of batches are not used "
       "again",
       kAges},
      {"a document has a class of post; no batch closes that does not balance", kBalance},
      {"an audit row has an actor and names the row before; what is kept, and since when",
       kAuditAndRetention},
      {"a subscriber that a person has moved is known until it goes on", kMoved},
      {"the time as far as it is believed; at first that of the newest audit row", kClock},
  };
  return all;
}

int newest_version() { return static_cast<int>(steps().size()); }

int version_of(SQLite::Database& database) {
  return database.execAndGet("PRAGMA user_version").getInt();
}

void bring_forward(SQLite::Database& database, int version, const TellStep& tell) {
  const int present = version_of(database);
  Teller teller(database, present > 0 ? tell : TellStep());  // a new journal takes no time
  for (int next = present + 1; next <= version; ++next) {
    teller.begin(next, version);
    SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
    database.exec(steps()[static_cast<std::size_t>(next) - 1].sql);
    database.exec("PRAGMA user_version = " + std::to_string(next));
    transaction.commit();
  }
}

Result<void> check_not_newer(int version) {
  if (version <= newest_version()) return {};
  return fail(ErrorCode::invalid_config, "journal_newer",
              "opening the journal: it has version " + std::to_string(version) +
                  ", this program knows versions up to " + std::to_string(newest_version()) +
                  "; use the program that wrote it, or a newer one");
}

}  // namespace postkamer::journal
