// SPDX-License-Identifier: EUPL-1.2
//
// Workers: who is there, what they hold, when they are given up.
#include <algorithm>

#include "workers/broker/core_state.h"

namespace postkamer::broker {

using wire::MessageType;

const LiveJob* CoreState::current(const wire::Claim& claim) const {
  const auto found = jobs_.find(claim.job);
  if (found == jobs_.end()) return nullptr;
  const journal::JobRow& row = found->second.row;
  const bool is_same = row.leased && row.attempt == claim.attempt &&
                       row.generation == claim.generation && row.token == claim.token;
  return is_same ? &found->second : nullptr;
}

void CoreState::on(const Ready& in) {
  if (in.kinds.empty()) return;
  Seat& seat = seats_[in.worker];
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
    if (current(claim) == nullptr) continue;
    LiveJob& job = jobs_.at(claim.job);
    job.deadline = clock_ + kLeaseMs;
    if (job.worker == in.worker) continue;
    if (const auto old = seats_.find(job.worker); old != seats_.end())
      old->second.held.erase(claim.job);
    job.worker = in.worker;
    found->second.held.insert(claim.job);
  }
  send(SendSignal{in.worker, MessageType::pong, {}});
}

void CoreState::on(const Started& in) {
  if (const auto seat = seats_.find(in.worker); seat != seats_.end())
    seat->second.last_seen = clock_;
  if (current(in.claim) != nullptr) jobs_.at(in.claim.job).started = true;
}

void CoreState::on(const Bye& in) { lose_seat(in.worker, "worker_left"); }

void CoreState::on(const Unreachable& in) { lose_seat(in.worker, "worker_unreachable"); }

void CoreState::on(const Tick&) {
  while (!delayed_.empty() && delayed_.begin()->first <= clock_) {
    const Id job = delayed_.begin()->second;
    delayed_.erase(delayed_.begin());
    waiting_[static_cast<std::size_t>(jobs_.at(job).row.kind)].insert(job);
  }
  std::vector<std::string> silent;
  for (const auto& [name, seat] : seats_)
    if (clock_ - seat.last_seen > kLeaseMs) silent.push_back(name);
  for (const std::string& worker : silent) lose_seat(worker, "worker_silent");
  std::vector<Id> expired;
  for (const Id id : leased_)
    if (jobs_.at(id).deadline < clock_) expired.push_back(id);
  for (const Id id : expired)  // one job's end may take others with it
    if (const auto job = jobs_.find(id); job != jobs_.end()) expire(job->second, "lease_expired");
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
    if (const auto job = jobs_.find(id); job != jobs_.end()) expire(job->second, reason);
  seats_.erase(worker);
}

// Only the job that was being executed may be at fault for its worker's end.
void CoreState::expire(LiveJob& job, const char* reason) {
  if (!job.started) {
    requeue(job);
    return;
  }
  count_failure(job, {ErrorCode::internal, reason,
                      "the worker that was executing it went away without an answer"});
}

}  // namespace postkamer::broker
