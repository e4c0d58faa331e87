// SPDX-License-Identifier: EUPL-1.2
//
// What the journal remembers, one struct a table. The broker's core keeps the same structs in
// memory for all that is not finished. Texts that only stages understand (JSON of theirs) stay out
// of them: they are stored and handed on, never looked into.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/flow/flow.h"
#include "pipeline/model/page.h"
#include "pipeline/model/separation.h"

namespace postkamer::journal {

using Id = std::uint64_t;  // 0 = none

enum class BatchState {
  open,
  closing,
  closed
};  // closing: no more files, work goes on
enum class PublishPolicy {
  settled,
  doubtful_too
};  // doubtful-too: also what waits for a person
enum class ScanState {
  claimed,
  decoding,
  split,
  rejected
};
enum class DocumentState {
  reading,
  review,
  published,
  rejected,
  withdrawn  // published once, then taken back
};

// The earlier of two times; empty = none.
std::string earlier_of(const std::string& one, const std::string& other);

std::string_view name_of(BatchState state);
std::string_view name_of(PublishPolicy policy);
std::string_view name_of(ScanState state);
std::string_view name_of(DocumentState state);
std::optional<PublishPolicy> publish_policy_named(std::string_view name);
std::optional<DocumentState> document_state_named(std::string_view name);

struct BatchRow {
  Id id = 0;
  std::string name;  // "20261123B4": date of receipt and a number; part of document ids
  std::string batch_class;
  std::string date_of_receipt;  // ISO date
  std::string source;           // inbox or command; no personal data
  PublishPolicy publish = PublishPolicy::settled;
  int expected_sheets = 0;  // 0 = not told
  BatchState state = BatchState::open;
  int scans = 0;  // numbers given to its scans so far
};

struct ScanRow {
  Id id = 0;
  Id batch = 0;
  int number = 0;          // 1-based in its batch, in order of submission
  std::string name;        // the file's base name: personal data, never logged
  std::string sha256;      // of the file's bytes; the blob's name
  int copy = 0;            // told apart when the same bytes are meant to come again
  std::uint64_t size = 0;  // bytes
  ScanState state = ScanState::claimed;
  std::string reason;   // rejected: stable word
  std::string message;  // rejected: for people who operate the system
  int page_count = -1;  // -1 = not told yet
  int pages_decoded = 0;
  std::string findings = "[]";  // JSON, of the file as a whole
};

struct PageRow {
  Id scan = 0;
  int index = 0;  // 0-based in its scan
  PageKind kind = PageKind::content;
  std::string picture_sha256;  // the scanner's own image
  bool deskewed = false;
  bool classified = false;
  bool known_form = false;
  bool form_mismatch = false;  // extraction found that it is not the form after all
  bool extracted = false;
  bool recognised = false;
  std::string form;  // as classified; empty = unknown
  std::string form_version;
  int form_page = 0;       // 1-based; 0 = unknown
  std::string quarantine;  // reason; empty = not in quarantine
  Id document = 0;         // 0 = none yet, or a separator or blank
  unsigned marks = 0;      // of separation.h: what on it begins a document
};

struct DocumentRow {
  Id id = 0;
  std::string name;  // "PK-<batch>-<scan number>-<n>"
  Id batch = 0;
  Id scan = 0;
  DocumentState state = DocumentState::reading;
  bool assembled = false;
  bool archived = false;
  int revision = 1;                   // of its last record
  bool told_doubtful = false;         // an event with status review went out
  bool copy_due = false;              // the archive copy is older than the record
  std::string form;                   // of its record; empty = unknown
  std::string batch_class;            // of its record: that of its sheet or batch
  std::string split_findings = "[]";  // JSON
  std::string pdf_sha256;             // empty = no archive copy
  std::string provenance_sha256;      // how it was made; empty = no archive copy
  std::string archive_failure;        // reason, when it cannot be made
};

struct JobRow {
  Id id = 0;
  flow::JobKind kind = flow::JobKind::decode;
  Id scan = 0;      // decode and the stages of a page
  Id document = 0;  // assemble and archive
  int page = -1;    // index in the scan; decode: first page
  int generation = 1;
  int attempt = 0;      // of the last hand-out
  int acquired = 0;     // times handed out
  int failed = 0;       // times it was executing when it failed
  bool leased = false;  // held by a worker, with `token`
  std::uint64_t token = 0;
};

// What a stage found on one page: its answer's body, and the blobs that came with it, in order.
struct PageResultRow {
  Id scan = 0;
  int page = 0;
  std::string stage;  // name_of(JobKind)
  std::string body;   // JSON
  std::vector<std::string> blobs;
};

struct EventRow {
  std::uint64_t sequence = 0;
  std::string key;       // the CloudEvent's id: unique
  std::string document;  // its name
  std::string body;      // JSON text
};

struct EventHead {
  std::uint64_t sequence = 0;
  std::string type;
  std::string form;  // id; empty = none
};

// Where a named subscriber is. Putting it leaves `lost` as it is.
struct CursorRow {
  std::string name;
  std::uint64_t sequence = 0;
  std::uint64_t lost = 0;  // events that were dropped before it came for them
  bool is_moved = false;   // a person put it there, and it has not gone on from there yet
};

// What is kept of paper, and for how long is settled for each (host/retention_settings.h).
enum class Kept {
  intermediate,  // of a scan: the stages' answers about its pages, and their pictures
  originals,     // of a batch: its files as they came, and their pages' pictures
  records        // of a batch: its records, its archive copies, the names of its files
};
std::string_view name_of(Kept kept);

// Of a stage's answer (JSON) what is said about a page or document, and nothing of what was read
// on it: its findings, because a statement of substitution must still be able to refuse a page for
// them; of a decoded page what its picture is, and of a reading which way up it was, because the
// archive copy may have to be made again. Done twice it changes nothing more.
std::string without_reading(const std::string& body);

// What somebody did. The chain covers all but `detail` itself, of which it holds the hash; see
// audit.h.
struct AuditRow {
  std::uint64_t number = 0;
  std::string time;           // RFC 3339, UTC
  std::string what;           // the action: "batch_opened"
  std::string subject;        // id of what it is about
  std::string detail;         // JSON or empty; no personal data
  std::string hash;           // of this row's header, hexadecimal
  std::string actor;          // who did it: "broker", "person:NAME", "subscriber:NAME"
  std::string payload_hash;   // of `detail`; empty in rows of before the header had one
  std::string previous_hash;  // of the row before; empty in the first, and where the former is
};

// The newest audit row that is not kept any more: what the first kept one follows. Number 0 when
// all are kept.
struct AuditAnchor {
  std::uint64_t number = 0;
  std::string hash;
};

}  // namespace postkamer::journal
