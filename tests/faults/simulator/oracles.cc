// SPDX-License-Identifier: EUPL-1.2
#include "tests/faults/simulator/oracles.h"

#include <algorithm>

#include "tests/faults/oracles/journal_oracles.h"

namespace postkamer::faults {

using broker::kLeaseMs;
using wire::MessageType;

std::string file_key(const std::string& sha256, int copy) {
  return sha256 + ":" + std::to_string(copy);
}

void Oracles::violated(const std::string& what) {
  if (!violation_) violation_ = what;
}

void Oracles::began(const journal::Snapshot& snapshot, const Times& now) {
  leases_.clear();
  seen_.clear();
  last_real_ = now.real;
  if (snapshot.head < told_.size())
    violated("O3: a subscriber was told what the journal never had");
  for (const auto& job : snapshot.jobs)
    if (job.leased) leases_[job.id] = {job.attempt, job.token, "", now.real, running_};
}

// A job's row as the broker wants it. When nobody told that a lease ends, it may end for its age
// only: nobody has spoken for it for a whole lease of time that really passed.
void Oracles::move_job(const journal::JobRow& row, bool is_for_age, const Times& now) {
  const auto lease = leases_.find(row.id);
  if (row.leased) {
    leases_[row.id] = {row.attempt, row.token, "", now.real, running_};
    return;
  }
  if (lease == leases_.end()) return;
  const auto seen = seen_.find(lease->second.holder);
  const bool is_old = now.real - lease->second.real > kLeaseMs;
  const bool is_silent = seen == seen_.end() || now.real - seen->second > kLeaseMs;
  if (is_for_age && !is_old && !is_silent) violated("lease: ended while its worker was heard of");
  leases_.erase(lease);
}

void Oracles::renew(const broker::Ping& ping, const broker::Output& output, const Times& now) {
  const bool is_known = std::ranges::any_of(output.messages, [&](const auto& message) {
    const auto* signal = std::get_if<broker::SendSignal>(&message);
    return signal != nullptr && signal->worker == ping.worker && signal->type == MessageType::pong;
  });
  if (!is_known) return;
  for (const wire::Claim& claim : ping.holding)
    if (const auto lease = leases_.find(claim.job);
        lease != leases_.end() && lease->second.token == claim.token) {
      lease->second.holder = ping.worker;
      lease->second.real = now.real;
      lease->second.running = running_;
    }
}

void Oracles::check_overdue() {
  for (const auto& [job, lease] : leases_)
    if (running_ - lease.running > kLeaseMs + 1)
      violated("lease: nobody speaks for it and it stays");
}

void Oracles::thought(const broker::Input& input, const broker::Output& output, const Times& now) {
  running_ += std::clamp<std::int64_t>(now.real - last_real_, 0, 1000);
  last_real_ = now.real;
  if (const auto* finished = std::get_if<broker::Finished>(&input)) {
    const auto lease = leases_.find(finished->claim.job);
    const bool holds = lease != leases_.end() && lease->second.token == finished->claim.token;
    for (const auto& operation : output.operations)
      if (const auto* drop = std::get_if<journal::DropJob>(&operation);
          drop != nullptr && drop->job == finished->claim.job && !holds)
        violated("fencing: an answer was taken from one who no longer held the job");
    seen_[finished->worker] = now.real;
  }
  const bool is_end_told = std::holds_alternative<broker::Failed>(input) ||
                           std::holds_alternative<broker::Finished>(input) ||
                           std::holds_alternative<broker::Bye>(input) ||
                           std::holds_alternative<broker::Unreachable>(input);
  for (const auto& operation : output.operations) {
    if (const auto* row = std::get_if<journal::JobRow>(&operation))
      move_job(*row, !is_end_told, now);
    if (const auto* drop = std::get_if<journal::DropJob>(&operation)) leases_.erase(drop->job);
  }
  for (const auto& message : output.messages)
    if (const auto* task = std::get_if<broker::SendTask>(&message))
      if (const auto lease = leases_.find(task->claim.job); lease != leases_.end())
        lease->second.holder = task->worker;
  if (const auto* ping = std::get_if<broker::Ping>(&input)) {
    seen_[ping->worker] = now.real;
    renew(*ping, output, now);
  }
  if (const auto* ready = std::get_if<broker::Ready>(&input)) seen_[ready->worker] = now.real;
  if (const auto* started = std::get_if<broker::Started>(&input)) seen_[started->worker] = now.real;
  if (const auto* failed = std::get_if<broker::Failed>(&input)) seen_[failed->worker] = now.real;
  if (std::holds_alternative<broker::Tick>(input)) check_overdue();
}

void Oracles::committed(const journal::Operations& operations) {
  std::set<journal::Id> met;
  for (const auto& operation : operations) {
    if (const auto* row = std::get_if<journal::JobRow>(&operation)) saved_[row->id] = *row;
    if (const auto* drop = std::get_if<journal::DropJob>(&operation)) saved_.erase(drop->job);
    const auto* scan = std::get_if<journal::ScanRow>(&operation);
    if (scan != nullptr && scan->state == journal::ScanState::claimed &&
        met.insert(scan->id).second)
      if (++claimed_[file_key(scan->sha256, scan->copy)] > 1)
        violated("O3: one file became two scans");
  }
}

// Nothing leaves before what it says is on disk.
void Oracles::sent(const broker::Outgoing& message, const std::string& file) {
  if (const auto* task = std::get_if<broker::SendTask>(&message)) {
    const auto job = saved_.find(task->claim.job);
    if (job == saved_.end() || !job->second.leased || job->second.token != task->claim.token)
      violated("O2: a task went out whose lease is not in the journal");
  }
  if (const auto* signal = std::get_if<broker::SendSignal>(&message)) {
    const auto job = saved_.find(signal->claim.job);
    if (signal->type == MessageType::ack && job != saved_.end() && job->second.leased &&
        job->second.token == signal->claim.token)
      violated("O2: an answer was acknowledged that is not in the journal");
  }
  const auto* answer = std::get_if<broker::Answer>(&message);
  if (answer != nullptr && answer->body && !file.empty() && !claimed_.contains(file))
    violated("O2: a file was acknowledged that is not in the journal");
}

void Oracles::told(std::uint64_t position, const journal::EventRow& event) {
  if (event.sequence != position + 1) return violated("O3: a gap in the stream");
  if (position < told_.size()) {
    const journal::EventRow& before = told_[position];
    if (before.key != event.key || before.body != event.body)
      violated("O3: event " + std::to_string(event.sequence) + " was told otherwise before");
    return;
  }
  if (!told_keys_.insert(event.key).second) violated("O3: " + event.key + " has two numbers");
  told_.push_back(event);
}

void Oracles::check_subscriber(journal::Reader& reader) {
  const auto head = *reader.head();
  if (told_.size() != head) violated("O3: the subscriber does not have what there is");
}

void Oracles::ended(journal::Reader& reader, const std::string& batch,
                    const std::vector<std::string>& files) {
  for (const std::string& file : files)
    if (claimed_[file] != 1) violated("O1: file " + file + " is not one scan");
  check_subscriber(reader);
  for (const Violations& found :
       {ledger_violations(reader, batch, files.size()), stream_violations(reader, told_),
        leftover_violations(reader), audit_violations(reader)})
    if (!found.empty()) violated(found.front());
}

}  // namespace postkamer::faults
