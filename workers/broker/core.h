// SPDX-License-Identifier: EUPL-1.2
//
// The broker's mind: what comes in and the state it has -> operations for the journal and messages
// to send. No I/O, no clock, no randomness: all three are passed in, so that a seeded simulator can
// drive it. The one rule of whoever runs it: commit the operations, then send the messages; when
// the commit fails, send nothing and end.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "pipeline/base/error.h"
#include "workers/broker/digest.h"
#include "workers/broker/recipe.h"
#include "workers/journal/journal.h"
#include "workers/wire/message.h"

namespace postkamer::broker {

struct Moment {
  std::int64_t milliseconds = 0;  // monotonic
  std::uint64_t random = 0;       // fresh for every step: lease tokens are derived from it
};

// --- what comes in ---------------------------------------------------------------------------

// From workers. `worker` is the sender's address, chosen by our socket, never by the sender.
struct Ready {
  std::string worker;
  std::vector<flow::JobKind> kinds;
  int credit = 1;
  std::int64_t pid = 0;
};
struct Ping {
  std::string worker;
  std::vector<wire::Claim> holding;
};
struct Started {
  std::string worker;
  wire::Claim claim;
};
struct Finished {
  std::string worker;
  wire::Claim claim;
  Digest digest;
};
struct Failed {
  std::string worker;
  wire::Claim claim;
  Error error;
};
struct NoRoom {  // it did its work; our own disk had no room for what it answered
  std::string worker;
  wire::Claim claim;
};
struct Leaving {  // takes nothing more, and gives back what it does not execute
  std::string worker;
};
struct Bye {
  std::string worker;
};
struct Unreachable {  // a message to it could not be sent
  std::string worker;
};
struct Tick {};    // at least every half second
struct DiskRoom {  // the disk of journal and blobs has become full, or there is room again
  bool is_there = true;
};

// From control clients. `asker` is handed back with the answer.
struct OpenBatch {
  std::string asker;
  std::string batch_class, date_of_receipt, source;
  journal::PublishPolicy publish = journal::PublishPolicy::settled;
  int expected_sheets = 0;
  std::string person = {};  // as in CloseBatch
};
struct Submit {
  std::string asker;
  std::string batch;  // name
  std::string name, sha256;
  int copy = 0;
  std::uint64_t size = 0;
  std::string seen_before_in;  // name of another batch with the same bytes; empty = none
};
struct Refuse {  // a file that could not even be taken in; the ledger counts it, with why
  std::string asker;
  std::string batch;
  std::string name;
  int copy = 0;
  std::string reason, message;
};
struct CloseBatch {
  std::string asker;
  std::string batch;
  bool accept_missing_sheets = false;
  std::string person = {};  // empty = a door or a command that reads once
};
// A person's act on a batch, which may be closed long since: another date of receipt. The documents
// whose records say the old one come along, with the new one in.
struct Redated {
  std::string asker;
  journal::BatchRow batch;
  std::string date_of_receipt;
  std::vector<std::pair<journal::DocumentRow, AssembledDigest>> documents;
  std::string person, why;
};
struct CommitCursor {
  std::string asker;
  std::string subscriber;
  std::uint64_t sequence = 0;
  std::string person = {};  // who moved it; empty = the subscriber itself, no act to remember
  // Where the publisher saw it last. A subscriber that a person has moved meanwhile does not move
  // itself back: that is answered with stream_moved.
  std::optional<std::uint64_t> since = {};
};
struct Reviewed {  // a person's act on a document that waits, already applied to its record
  std::string asker;
  journal::Id document = 0;
  AssembledDigest outcome;
  std::string person, act;  // "set", "accept", "reject": for the audit
};
// A person's act on a published document: corrected or withdrawn. Its batch may be closed long
// since, so its row comes along.
struct Amended {
  std::string asker;
  journal::DocumentRow document;
  AssembledDigest outcome;
  std::string person, act;  // "correct", "withdraw"
};
// A person's act on a page that was taken for blank: it goes back into the document. Its batch may
// be closed long since, so all rows come along.
struct PutBack {
  std::string asker;
  journal::ScanRow scan;
  std::vector<journal::PageRow> pages;  // of the scan, in order
  journal::DocumentRow document;
  int page = 0;  // index in the scan
  AssembledDigest outcome;
  std::string person, why;
};
struct Drain {  // gives out nothing more
  std::string asker;
  bool dismiss_workers = true;  // tells them to finish and leave
};

using Input = std::variant<Ready, Ping, Started, Finished, Failed, NoRoom, Leaving, Bye,
                           Unreachable, Tick, DiskRoom, OpenBatch, Submit, Refuse, CloseBatch,
                           Redated, CommitCursor, Reviewed, Amended, PutBack, Drain>;

// --- what goes out ---------------------------------------------------------------------------

struct SendTask {
  std::string worker;
  wire::Claim claim;
  journal::JobRow job;
};
struct SendSignal {  // ack, stale, pong, who, drain
  std::string worker;
  wire::MessageType type = wire::MessageType::pong;
  wire::Claim claim;  // ack and stale only
};
struct Answer {
  std::string asker;
  Result<nlohmann::json> body;
};
using Outgoing = std::variant<SendTask, SendSignal, Answer>;

struct Output {
  journal::Operations operations;
  std::vector<Outgoing> messages;
};

// --- what can be asked without changing anything -------------------------------------------------

struct KindStatus {
  int waiting = 0;
  int running = 0;
  std::int64_t oldest_ms = 0;  // age of the oldest waiting job, as far as this process knows
  std::uint64_t done = 0;      // jobs answered, since this process began
  std::uint64_t failed = 0;    // executions that failed: refused, crashed, too slow, given up
};
struct WorkerStatus {
  std::vector<flow::JobKind> kinds;
  std::int64_t pid = 0;
  int holding = 0;
  int credit = 0;
  bool executing = false;
};
struct Status {
  std::vector<KindStatus> kinds;  // in the order of JobKind
  std::vector<WorkerStatus> workers;
  bool draining = false;
  bool is_disk_full = false;  // nothing is taken in or given out until there is room
};

class CoreState;

class Core {
 public:
  // Starts from what the journal holds: leases get a grace time in which their worker may speak up.
  // `recipe` outlives the core.
  Core(const journal::Snapshot& snapshot, const Recipe& recipe, const Moment& now);
  Core(Core&&) noexcept;
  ~Core();

  // What must be done at once after a start, before any input: steps a crash cut short.
  Output start(const Moment& now);
  Output step(const Input& input, const Moment& now);

  // True when this claim is the one the core waits for: worth storing the blobs of its result.
  [[nodiscard]] bool is_current(const wire::Claim& claim) const;
  // True for a claim that nobody says to whom the job was given: with a token or an attempt that
  // never were, or of a job that another principal holds. A late one is no forgery.
  [[nodiscard]] bool is_forged(const std::string& worker, const wire::Claim& claim) const;
  // The job of a current claim.
  [[nodiscard]] const journal::JobRow* job_of(const wire::Claim& claim) const;
  // True for a batch that is not closed.
  [[nodiscard]] bool has_batch(const std::string& name) const;
  [[nodiscard]] Status status(const Moment& now) const;

 private:
  std::unique_ptr<CoreState> state_;
};

// Whose key a worker's address stands for: "gate/NAME" of "gate/NAME/NUMBER", which is how the
// shell calls peers from outside. The workers of this machine are one principal, "".
std::string_view principal_of(std::string_view worker);

// Public ids: "S12" of a scan.
std::string scan_name(journal::Id scan);
std::optional<journal::Id> scan_named(std::string_view name);

// Two JSON arrays of findings as one, nothing twice.
std::string merged_findings(const std::string& first, const std::string& second);

// Three executions that failed send a page into quarantine.
inline constexpr int kMaxFailures = 3;
// Answers "unavailable" that are borne with before they count as failures.
inline constexpr int kMaxUnavailable = 8;
// Workers that may fall silent with a job before they began it, until that counts as a failure; and
// with a job that they had begun while they held others.
inline constexpr int kMaxLost = 8;
inline constexpr int kMaxLostAmongOthers = 2;
// The reason of a journal or blob store that found no room; how long until a job is tried again for
// which there was none: that is borne with for ever, and only of our own disk.
inline constexpr std::string_view kDiskFull = "disk_full";

// Why a task cannot be composed: retention has let its pictures go. Where a document's archive copy
// was to be made again for this, the one that is there stands.
inline constexpr std::string_view kOriginalsDropped = "originals_dropped";
inline constexpr std::int64_t kRoomMs = 2000;
inline constexpr std::int64_t kPingMs = 1000;
inline constexpr std::int64_t kLeaseMs = 3 * kPingMs + kPingMs / 2;
// A worker ends a handler that hangs (host::WorkerOptions). One that pings and yet begins and ends
// nothing for so long cannot even do that.
inline constexpr std::int64_t kStuckMs = 10 * 60'000;
inline constexpr int kMaxCredit = 256;

}  // namespace postkamer::broker
