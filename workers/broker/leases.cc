// SPDX-License-Identifier: EUPL-1.2
//
// Workers: who is there, what they hold, when they are given up.
#include <algorithm>

#include "workers/broker/core_state.h"

namespace postkamer::broker {

using wire::MessageType;

namespace {

constexpr const char* kWorkerLeft = "worker_left";

}  // namespace

const LiveJob* CoreState::current(const wire::Claim& claim) const {
  const auto found = jobs_.find(claim.job);
  if (found == jobs_.end()) return nullptr;
  const journal::JobRow& row = found->second.row;
  const bool is_same = row.leased && row.attempt == claim.attempt &&
                       row.generation == claim.generation && row.token == claim.token;
  return is_same ? &found->second : nullptr;
}

bool CoreState::is_forged(const std::string& worker, const wire::Claim& claim) const {
  const auto found = jobs_.find(claim.job);
  if (found == jobs_.end()) return false;
  const LiveJob& job = found->second;
  if (claim.generation == job.row.generation && claim.attempt > job.row.attempt) return true;
  if (!job.row.leased || claim.attempt != job.row.attempt) return false;
  if (claim.token != job.row.token) return true;
  // After our own restart it is not known who holds a job: the token says it.
  return !job.worker.empty() && principal_of(job.worker) != principal_of(worker);
}

bool CoreState::may_claim(const std::string& worker, const wire::Claim& claim) const {
  return current(claim) != nullptr && !is_forged(worker, claim);
}

std::string_view principal_of(std::string_view worker) {
  const auto last = worker.rfind('/');
  if (!worker.starts_with("gate/") || last < 5) return {};
  return worker.substr(0, last);
}

void CoreState::on(const Ready& in) {
  if (in.kinds.empty()) return;
  Seat& seat = seats_[in.worker];
  if (seat.kinds.empty()) seat.last_progress = clock_;  // it is new
  seat.kinds = in.kinds;
  seat.credit = std::clamp(in.credit, 1, kMaxCredit);
  seat.pid = in.pid;
  seat.last_seen = clock_;
  send(SendSignal{in.worker, MessageType::pong, {}});
}

// A ping keeps what its sender holds. The token proves the claim, so a worker that came back under
// another address, or after our own restart, keeps its work.
void CoreState::on(const Ping& in) {
  const auto found = seats_.find(in.worker);
  if (found == seats_.end()) {
    send(SendSignal{in.worker, MessageType::who, {}});
    return;
  }
  found->second.last_seen = clock_;
  for (const wire::Claim& claim : in.holding) {
    if (!may_claim(in.worker, claim)) continue;
    LiveJob& job = jobs_.at(claim.job);
    job.deadline = clock_ + kLeaseMs;
    if (job.worker == in.worker) continue;
    if (const auto old = seats_.find(job.worker); old != seats_.end())
      old->second.held.erase(claim.job);
    job.worker = in.worker;
    if (found->second.held.empty()) found->second.last_progress = clock_;
    found->second.held.insert(claim.job);
  }
  send(SendSignal{in.worker, MessageType::pong, {}});
}

void CoreState::saw(const std::string& worker, bool is_progress) {
  const auto seat = seats_.find(worker);
  if (seat == seats_.end()) return;
  seat->second.last_seen = clock_;
  if (is_progress) seat->second.last_progress = clock_;
}

void CoreState::on(const Started& in) {
  const bool may = may_claim(in.worker, in.claim);
  saw(in.worker, may && !jobs_.at(in.claim.job).started);
  if (may) jobs_.at(in.claim.job).started = true;
}

// It finishes what it executes; what it only holds need not wait for that.
void CoreState::on(const Leaving& in) {
  const auto found = seats_.find(in.worker);
  if (found == seats_.end()) return;
  found->second.credit = 0;
  const std::set<Id> held = found->second.held;
  for (const Id id : held)
    if (LiveJob& job = jobs_.at(id); !job.started) requeue(job);
}

void CoreState::on(const Bye& in) { lose_seat(in.worker, kWorkerLeft); }

void CoreState::on(const Unreachable& in) { lose_seat(in.worker, "worker_unreachable"); }

void CoreState::on(const Tick&) {
  while (!delayed_.empty() && delayed_.begin()->first <= clock_) {
    const Id job = delayed_.begin()->second;
    delayed_.erase(delayed_.begin());
    LiveJob& due = jobs_.at(job);
    queue_of(due).add(due.owner, job);
  }
  std::vector<std::pair<std::string, const char*>> lost;
  for (const auto& [name, seat] : seats_) {
    const bool is_stuck = !seat.held.empty() && clock_ - seat.last_progress > kStuckMs;
    if (clock_ - seat.last_seen > kLeaseMs)
      lost.emplace_back(name, "worker_silent");
    else if (is_stuck)
      lost.emplace_back(name, "worker_stuck");
  }
  for (const auto& [worker, reason] : lost) lose_seat(worker, reason);
  std::vector<Id> expired;
  for (const Id id : leased_)
    if (jobs_.at(id).deadline < clock_) expired.push_back(id);
  for (const Id id : expired)  // one job's end may take others with it
    if (const auto job = jobs_.find(id); job != jobs_.end())
      expire(job->second, "lease_expired", true);
}

// What runs may still be answered, and people may go on deciding: that takes little room.
void CoreState::on(const DiskRoom& in) {
  if (is_disk_full_ == !in.is_there) return;
  is_disk_full_ = !in.is_there;
  audit(is_disk_full_ ? "paused" : "resumed", "disk");
}

void CoreState::release(LiveJob& job) {
  if (const auto seat = seats_.find(job.worker); seat != seats_.end())
    seat->second.held.erase(job.row.id);
  leased_.erase(job.row.id);
  job.row.leased = false;
  job.worker.clear();
  job.started = false;
}

void CoreState::lose_seat(const std::string& worker, const char* reason) {
  const auto found = seats_.find(worker);
  if (found == seats_.end()) return;
  const std::set<Id> held = found->second.held;
  for (const Id id : held)
    if (const auto job = jobs_.find(id); job != jobs_.end())
      expire(job->second, reason, held.size() == 1);
  seats_.erase(worker);
}

// Only the job that was being executed may be at fault for its worker's end. Which one that was is
// sure only of a worker that held no other: it may have died so soon that neither the answer of the
// job before nor the STARTED of the next was sent. What that happens to again and again is not
// innocent either.
void CoreState::expire(LiveJob& job, const char* reason, bool is_alone) {
  const bool has_left = std::string_view(reason) == kWorkerLeft;
  const bool may_be_innocent = job.started
                                   ? !has_left && !is_alone && job.lost < kMaxLostAmongOthers
                                   : has_left || job.lost + 1 < kMaxLost;
  if (may_be_innocent) {
    job.lost += has_left ? 0 : 1;
    requeue(job);
    return;
  }
  count_failure(job, {ErrorCode::internal, reason,
                      "the worker that was executing it went away without an answer"});
}

}  // namespace postkamer::broker
