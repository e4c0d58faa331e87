// SPDX-License-Identifier: EUPL-1.2
//
// The core's inside: everything that is not finished, and the rules that move it. Its members are
// defined by subject: core.cc (start, dispatch by input), jobs.cc (what is next, who does it),
// leases.cc (workers), results.cc (answers), control.cc (batches), amendments.cc (what people
// change afterwards).
#pragma once

#include <array>
#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "workers/broker/core.h"
#include "workers/broker/fair_queue.h"

namespace postkamer::broker {

using journal::Id;

inline constexpr std::size_t kKinds = 7;

struct LiveJob {
  journal::JobRow row;
  Owner owner;                     // for whose turn it waits
  std::string worker;              // who holds it; empty = waiting, or not heard of since a restart
  std::string last_failed_worker;  // the next try goes to another one where there is one
  bool started = false;
  int unavailable = 0;        // answers "not now" so far
  int lost = 0;               // workers that fell silent with it, and not counted as its failures
  std::int64_t deadline = 0;  // of the lease
  std::int64_t since = 0;     // waiting since
};

struct LiveScan {
  journal::ScanRow row;
  std::vector<journal::PageRow> pages;
  int jobs = 0;  // of it and its pages, not yet done
};

struct LiveDocument {
  journal::DocumentRow row;
  std::vector<int> pages;  // indices in its scan
};

struct LiveBatch {
  journal::BatchRow row;
  std::unordered_map<std::string, Id> scan_of_bytes;  // sha256:copy -> scan
  std::set<Id> scans;
  std::set<Id> documents;
  int unsettled = 0;  // scans being read, documents without an end
};

struct Seat {  // one worker process
  std::vector<flow::JobKind> kinds;
  int credit = 0;  // 0 = it is leaving
  std::int64_t pid = 0;
  std::int64_t last_seen = 0;
  std::int64_t last_progress = 0;  // began or ended something, or was given something when idle
  std::set<Id> held;
};

class CoreState {
 public:
  CoreState(const journal::Snapshot& snapshot, const Recipe& recipe, const Moment& now);

  // Runs `work` at `now`, gives what came of it.
  template <class Work>
  Output at(const Moment& now, Work work) {
    // A pause of our own is not the workers' fault: time runs at most a second a step.
    clock_ += std::clamp<std::int64_t>(now.milliseconds - last_moment_, 0, 1000);
    last_moment_ = now.milliseconds;
    random_ = now.random;
    out_ = {};
    work();
    dispatch();
    return std::move(out_);
  }

  void resume();

  // leases.cc
  void on(const Ready& in);
  void on(const Ping& in);
  void on(const Started& in);
  void on(const Leaving& in);
  void on(const Bye& in);
  void on(const Unreachable& in);
  void on(const Tick& in);
  void on(const DiskRoom& in);
  // results.cc
  void on(const Finished& in);
  void on(const Failed& in);
  void on(const NoRoom& in);
  // control.cc
  void on(const OpenBatch& in);
  void on(const Submit& in);
  void on(const Refuse& in);
  void on(const CloseBatch& in);
  void on(const CommitCursor& in);
  void on(const Drain& in);
  // amendments.cc
  void on(const Redated& in);
  void on(const Reviewed& in);
  void on(const Amended& in);
  void on(const PutBack& in);

  [[nodiscard]] const LiveJob* current(const wire::Claim& claim) const;
  [[nodiscard]] bool is_forged(const std::string& worker, const wire::Claim& claim) const;
  [[nodiscard]] LiveBatch* batch_named(const std::string& name);
  [[nodiscard]] Status status(std::int64_t now) const;

 private:
  // jobs.cc
  void advance_scan(Id scan);
  void advance_page(LiveScan& scan, int page);
  void advance_document(Id document);
  void split(LiveScan& scan);
  void make_document(LiveScan& scan, const SplitPart& part, int number);
  void want(flow::JobKind kind, Id scan, Id document, int page);
  void drop(Id job);
  void drop_jobs_of_scan(Id scan);
  void requeue(LiveJob& job, std::int64_t delay = 0);
  void dispatch();
  [[nodiscard]] Seat* seat_for(const LiveJob& job, std::string& worker);
  void lease(LiveJob& job, Seat& seat, const std::string& worker);
  [[nodiscard]] std::uint64_t next_random();
  [[nodiscard]] Owner owner_of(const journal::JobRow& job) const;
  FairQueue& queue_of(const LiveJob& job) { return waiting_[index_of(job.row.kind)]; }
  static std::size_t index_of(flow::JobKind kind) { return static_cast<std::size_t>(kind); }

  // leases.cc
  [[nodiscard]] bool may_claim(const std::string& worker, const wire::Claim& claim) const;
  void saw(const std::string& worker, bool is_progress);
  void release(LiveJob& job);
  void lose_seat(const std::string& worker, const char* reason);
  // `is_alone`: its worker held nothing else.
  void expire(LiveJob& job, const char* reason, bool is_alone);

  // results.cc
  Result<void> apply(LiveJob& job, const DecodedDigest& digest);
  Result<void> apply(LiveJob& job, const PageDigest& digest);
  Result<void> apply(LiveJob& job, const AssembledDigest& digest);
  Result<void> apply(LiveJob& job, const ArchivedDigest& digest);
  void take_record(LiveDocument& document, const AssembledDigest& digest, bool tell_doubtful);
  void count_failure(LiveJob& job, const Error& error);
  [[nodiscard]] std::string subject_of(const LiveJob& job) const;
  void give_up(const LiveJob& job, const Error& error);
  void reject_scan(LiveScan& scan, const Error& error);
  void quarantine(LiveScan& scan, int page, const Error& error);
  void after_page(LiveScan& scan, int page);

  // control.cc
  LiveScan* claim(const std::string& asker, LiveBatch& batch, journal::ScanRow scan);
  [[nodiscard]] const LiveBatch* same_batch(const OpenBatch& in) const;
  void settle_one(Id batch);
  void close_if_balanced(LiveBatch& batch);
  void forget(const LiveBatch& batch);
  void answer(const std::string& asker, Result<nlohmann::json> body);

  // amendments.cc
  LiveDocument& recalled(const journal::DocumentRow& row);
  void renew_copy(Id document);
  void forget_settled(Id document);
  void forget_scan(Id scan);

  void put(journal::Operation operation) { out_.operations.push_back(std::move(operation)); }
  void send(Outgoing message) { out_.messages.push_back(std::move(message)); }
  void audit(const char* what, std::string subject, std::string detail = "",
             std::string actor = "broker");

  const Recipe& recipe_;
  std::unordered_map<Id, LiveBatch> batches_;
  std::unordered_map<Id, LiveScan> scans_;
  std::unordered_map<Id, LiveDocument> documents_;
  std::unordered_map<Id, LiveJob> jobs_;
  std::unordered_map<std::uint64_t, Id> job_of_key_;
  std::array<std::uint64_t, kKinds> done_{}, failed_{};
  std::array<FairQueue, kKinds> waiting_;
  std::set<std::pair<std::int64_t, Id>> delayed_;  // not before
  std::set<Id> leased_;
  std::map<std::string, Seat> seats_;
  Id last_batch_ = 0, last_scan_ = 0, last_document_ = 0, last_job_ = 0;
  std::uint64_t head_ = 0;                      // at least; for cursors
  std::map<std::string, std::uint64_t> moved_;  // subscribers, to where, until they go on there
  bool draining_ = false;
  bool is_disk_full_ = false;
  std::int64_t clock_ = 0;
  std::int64_t last_moment_ = 0;
  std::uint64_t random_ = 0;
  Output out_;
};

// The key under which a job may exist once.
std::uint64_t key_of(const journal::JobRow& job);
bool needs_scan(flow::JobKind kind);
std::string page_name(Id scan, int page);
// Counts towards its batch as long as it has no end.
bool is_settled(const journal::ScanRow& scan);
bool is_settled(const journal::DocumentRow& document);
// Its archive copy is to be made again.
bool is_copy_awaited(const journal::DocumentRow& document);

bool is_iso_date(const std::string& text);
tl::unexpected<Error> refusal(const char* reason, std::string message);

}  // namespace postkamer::broker
