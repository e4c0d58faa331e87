// SPDX-License-Identifier: EUPL-1.2
//
// The durable truth. One writer commits batches of typed operations, each batch whole or not at
// all; readers see only what was committed. Two implementations pass the same conformance tests:
// SQLite (sqlite_journal.h) and memory (memory_journal.h, for simulation).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "pipeline/base/error.h"
#include "workers/journal/rows.h"

namespace postkamer::journal {

// Operations. A Put replaces the row with the same key, or makes it. A scan's place, file and size,
// a page's picture, a document's name and scan never change: each Put repeats them.
struct PutRecord {
  Id document = 0;
  std::string text;  // publish::record_json
};
struct DropJob {
  Id job = 0;
};
// Appends to the stream. The number and the time are put in at commit. A key that is there already
// changes nothing: the event was told before.
struct AppendEvent {
  std::string key;
  std::string document;
  std::string body;  // CloudEvent JSON without sequence and time
  std::string type;  // its type, "nl.poststukken.formulier-gelezen.v1"
  std::string form;  // id; empty = none
};
// The texts of all events up to this number are forgotten. Their keys are kept: what was told once
// is never told again.
struct DropEvents {
  std::uint64_t up_to = 0;
};
// A subscriber will never get this many events: they were dropped before it came for them.
struct LoseEvents {
  std::string subscriber;
  std::uint64_t count = 0;
};
// What follows is another history than the one some have seen: the journal came from a backup. The
// stream gets this id, and no number of a batch or of a scan in a batch that may have been given
// before is given again, because ids of documents and events are made of them.
struct StartAnew {
  std::string stream;  // 16 hexadecimal digits
};
// More than any mailroom gives in the time between a backup and the end of what it was made of.
inline constexpr Id kNumbersLeftOut = 100'000;
struct Audit {
  std::string what;
  std::string subject;
  std::string detail;
  std::string actor = "broker";
};
// Forgets it: rows stay and say that they do no longer have it, so that ledgers balance. Blobs are
// left to whoever sweeps them (Reader::is_referenced).
struct Drop {
  Kept kept = Kept::intermediate;
  Id id = 0;  // of the scan (intermediate) or the batch
};
// `postkamer verklaring` found every sheet of the batch proven: its originals may go once they are
// old enough, unless one of its documents changes after this.
struct Proven {
  Id batch = 0;
};
// Forgets the audit rows up to this number; the chain goes on from the anchor.
struct DropAudit {
  std::uint64_t up_to = 0;
};
// The time as far as it is believed (seconds since 1970): what ages are judged by is held to it.
struct SawClock {
  std::int64_t seconds = 0;
};
using Operation = std::variant<BatchRow, ScanRow, PageRow, DocumentRow, JobRow, PageResultRow,
                               PutRecord, DropJob, AppendEvent, DropEvents, CursorRow, LoseEvents,
                               StartAnew, Audit, Drop, Proven, DropAudit, SawClock>;
using Operations = std::vector<Operation>;

// Puts number and time into an event's text; given to a journal when it is opened.
using StampEvent = std::function<std::string(const std::string& body, std::uint64_t sequence,
                                             const std::string& time)>;

// All that is not finished: what the core starts from.
struct Snapshot {
  std::vector<BatchRow> batches;       // not closed
  std::vector<ScanRow> scans;          // of those batches, and of documents whose copy is due
  std::vector<PageRow> pages;          // of those scans
  std::vector<DocumentRow> documents;  // of those batches, all that wait for a person or a copy
  std::vector<JobRow> jobs;
  std::vector<CursorRow> moved;  // by a person, since they last went on
  Id last_batch = 0, last_scan = 0, last_document = 0, last_job = 0;
  std::uint64_t head = 0;
};

// Everything of one batch, for its ledger.
struct BatchContents {
  BatchRow batch;
  std::vector<ScanRow> scans;
  std::vector<PageRow> pages;
  std::vector<DocumentRow> documents;
};

// How much is open, and since when. Times are RFC 3339, UTC, of taking the file; empty = nothing
// is.
struct Backlog {
  std::uint64_t scans = 0;      // not yet split into documents, nor rejected
  std::uint64_t reading = 0;    // documents
  std::uint64_t in_review = 0;  // documents
  std::string oldest_unread;    // of the scans, and of the documents that are read
  std::string oldest_in_review;
  std::uint64_t quarantined = 0;  // pages, all there ever were
};

struct DocumentFilter {
  std::optional<Id> batch;
  std::optional<DocumentState> state;
};

// What was committed. Every call fails with corrupt_store (journal_io) only.
class Reader {
 public:
  virtual ~Reader() = default;
  virtual Result<Snapshot> snapshot() = 0;
  virtual Result<std::uint64_t> head() = 0;
  // The oldest number that is kept or, when none is, the next one to come; 1 at least.
  virtual Result<std::uint64_t> oldest() = 0;
  // Names this journal's stream, for good: 16 hexadecimal digits, random. Numbers mean nothing in
  // another stream.
  virtual Result<std::string> stream_id() = 0;
  // The number of the newest event that was logged before `time` (RFC 3339, UTC); 0 when none was.
  virtual Result<std::uint64_t> last_before(const std::string& time) = 0;
  // Ascending. A dropped event has an empty body.
  virtual Result<std::vector<EventRow>> events_after(std::uint64_t sequence, int limit) = 0;
  // The same without their texts: cheap to look through.
  virtual Result<std::vector<EventHead>> event_heads_after(std::uint64_t sequence, int limit) = 0;
  // The newest event about a document.
  virtual Result<std::optional<EventRow>> last_event_of(const std::string& document) = 0;
  virtual Result<std::optional<CursorRow>> cursor(const std::string& name) = 0;
  virtual Result<std::vector<PageResultRow>> page_results(Id scan, int page) = 0;
  virtual Result<std::optional<std::string>> record(Id document) = 0;
  virtual Result<std::optional<ScanRow>> scan(Id id) = 0;
  virtual Result<std::vector<PageRow>> pages(Id scan) = 0;
  virtual Result<std::optional<PageRow>> page(Id scan, int index) = 0;
  virtual Result<std::optional<BatchRow>> batch(Id id) = 0;
  virtual Result<std::optional<Id>> batch_named(const std::string& name) = 0;
  virtual Result<std::vector<BatchRow>> batches() = 0;
  virtual Result<std::optional<DocumentRow>> document(Id id) = 0;
  virtual Result<std::optional<DocumentRow>> document_named(const std::string& name) = 0;
  virtual Result<std::vector<DocumentRow>> documents(const DocumentFilter& filter) = 0;
  virtual Result<BatchContents> contents(Id batch) = 0;
  // A scan with these bytes, of the first batch that has one; a rejected one only when there is no
  // other.
  virtual Result<std::optional<ScanRow>> scan_with(const std::string& sha256) = 0;
  // Cheap: what is finished is not looked at.
  virtual Result<Backlog> backlog() = 0;
  // Rows with a number above `after`, ascending.
  virtual Result<std::vector<AuditRow>> audit_after(std::uint64_t after, int limit) = 0;
  // The newest row, kept or not: its number and hash.
  virtual Result<AuditAnchor> audit_head() = 0;
  virtual Result<AuditAnchor> audit_anchor() = 0;
  // Names this audit, also after a restore: 16 hexadecimal digits, random.
  virtual Result<std::string> audit_id() = 0;
  // The last SawClock; 0 = none yet.
  virtual Result<std::int64_t> clock() = 0;
  // The newest kept row of before `time` (RFC 3339, UTC); 0 = none.
  virtual Result<std::uint64_t> last_audit_before(const std::string& time) = 0;
  // Of what is still there, that which nobody needs any more: older than `before` (RFC 3339, UTC).
  // intermediate: scans whose documents all are archived and wait for nobody, since then.
  // records: batches that were closed before then, of whose documents none is read any more or
  // waits for a person, and none changed since. originals: those of them that were Proven after
  // the last change. Ascending; ids above `after`.
  virtual Result<std::vector<Id>> droppable(Kept kept, const std::string& before, Id after,
                                            int limit) = 0;
  // How many batches keep their originals past their age because they are not proven.
  virtual Result<std::uint64_t> unproven(const std::string& before) = 0;
  // The blobs that dropping it would let go of, where nothing else speaks of them.
  virtual Result<std::vector<std::string>> blobs_of(const Drop& what) = 0;
  // Whether some row still speaks of this blob and has not let it go.
  virtual Result<bool> is_referenced(const std::string& sha256) = 0;
};

// While it lives, what a journal's reader reads is read under one lock: cheaper where many small
// reads come together. Nothing is committed meanwhile.
class Hold {
 public:
  virtual ~Hold() = default;
};

class Journal {
 public:
  virtual ~Journal() = default;
  // Sees what commit() made durable.
  virtual Reader& reader() = 0;
  // None where reading needs no lock.
  virtual std::unique_ptr<Hold> hold() { return nullptr; }
  // All of `operations` in one transaction, durable on return; `now` (RFC 3339, UTC) is what events
  // and audit rows carry. Gives the stream's head. After an error the journal must not be used any
  // more: the process ends, the next one reads what is there.
  // No batch becomes closed that does not balance (ledger.h), whatever the operations say.
  // Fails with: corrupt_store (journal_io; journal_unbalanced). unavailable (disk_full) is no such
  // error: nothing of it was stored, and the same may be tried again.
  virtual Result<std::uint64_t> commit(const Operations& operations, const std::string& now) = 0;
  // Gives back to the disk what is held twice, where it can.
  virtual void make_room() {}
};

}  // namespace postkamer::journal
