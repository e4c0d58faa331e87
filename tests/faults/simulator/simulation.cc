// SPDX-License-Identifier: EUPL-1.2
#include "tests/faults/simulator/simulation.h"

#include <algorithm>

#include "workers/journal/memory_journal.h"

namespace postkamer::faults {

using broker::Input;
using broker::Outgoing;
using wire::MessageType;

namespace {

constexpr int kFaultySteps = 400;
constexpr int kCalmRounds = 400;      // within these all must be done ...
constexpr std::int64_t kRound = 250;  // ... each so many milliseconds
constexpr std::size_t kSendAll = 1u << 20;

std::string no_stamp(const std::string& body, std::uint64_t sequence, const std::string&) {
  return body + "#" + std::to_string(sequence);
}

std::string text_of(const wire::Claim& claim) {
  return "job " + std::to_string(claim.job) + " attempt " + std::to_string(claim.attempt);
}

struct InputName {
  std::string operator()(const broker::Ready& in) const { return "READY " + in.worker; }
  std::string operator()(const broker::Ping& in) const {
    return "PING " + in.worker + " holds " + std::to_string(in.holding.size());
  }
  std::string operator()(const broker::Started& in) const {
    return "STARTED " + in.worker + " " + text_of(in.claim);
  }
  std::string operator()(const broker::Finished& in) const {
    return "RESULT " + in.worker + " " + text_of(in.claim);
  }
  std::string operator()(const broker::Failed& in) const {
    return "FAILURE " + in.worker + " " + text_of(in.claim) + " " + in.error.reason;
  }
  std::string operator()(const broker::Submit& in) const { return "submit " + in.sha256; }
  std::string operator()(const broker::CommitCursor& in) const {
    return "commit_cursor " + std::to_string(in.sequence);
  }
  std::string operator()(const broker::Unreachable& in) const { return "unreachable " + in.worker; }
  template <class Other>
  std::string operator()(const Other& in) const {
    return "input " + std::to_string(Input(in).index());
  }
};

struct OutgoingName {
  std::string operator()(const broker::SendTask& out) const {
    return "TASK " + out.worker + " " + text_of(out.claim) + " " +
           std::string(flow::name_of(out.job.kind));
  }
  std::string operator()(const broker::SendSignal& out) const {
    return std::string(wire::name_of(out.type)) + " " + out.worker + " " + text_of(out.claim);
  }
  std::string operator()(const broker::Answer& out) const { return "answer to " + out.asker; }
};

std::string name_of(const std::variant<Input, Outgoing>& packet) {
  if (const auto* input = std::get_if<Input>(&packet)) return std::visit(InputName{}, *input);
  return std::visit(OutgoingName{}, std::get<Outgoing>(packet));
}

}  // namespace

Simulation::Simulation(Dice dice, const MakeBroker& make, bool is_traced)
    : dice_(dice),
      make_(make),
      is_traced_(is_traced),
      journal_(journal::memory_journal(no_stamp)),
      lost_(dice_.below(10)),
      doubled_(dice_.below(10)) {
  start_broker();
  const auto policy =
      dice_.percent(50) ? journal::PublishPolicy::settled : journal::PublishPolicy::doubtful_too;
  broker_->take(broker::OpenBatch{"open", "post", "2026-11-23", "sim", policy, 0}, now());
  broker_->commit();
  broker_->send(kSendAll);
  batch_ = journal_->reader().batches()->front().name;
  for (std::uint64_t file = 1 + dice_.below(3); file > 0; --file) {
    std::string pages(1 + dice_.below(3), ' ');
    for (char& page : pages) page = "kkumbs"[dice_.below(6)];
    files_.emplace_back(pages, false);
  }
  hire();
  hire();
}

Outcome Simulation::run() {
  for (int n = 0; n < kFaultySteps && !oracles_.violation(); ++n) act();
  if (!oracles_.violation()) calm_down();
  std::vector<std::string> files;
  for (std::size_t i = 0; i < files_.size(); ++i)
    files.push_back(file_key(files_[i].first, static_cast<int>(i)));
  if (!oracles_.violation()) oracles_.ended(journal_->reader(), batch_, files);
  const auto audit = *journal_->reader().audit_after(0, 1 << 20);
  outcome_.fingerprint = audit.empty() ? "" : audit.back().hash;
  outcome_.violation = oracles_.violation();
  return std::move(outcome_);
}

// --- the wire ------------------------------------------------------------------------------------

void Simulation::to_broker(Input input) { put_on_wire(std::move(input)); }

void Simulation::from_broker(Outgoing message) {
  std::string file;
  const auto* answer = std::get_if<broker::Answer>(&message);
  if (answer != nullptr && answer->asker.starts_with('f')) {
    const auto at = std::stoul(answer->asker.substr(1));
    file = file_key(files_[at].first, static_cast<int>(at));
  }
  oracles_.sent(message, file);
  put_on_wire(std::move(message));
}

void Simulation::put_on_wire(Packet packet) {
  if (dice_.percent(lost_)) {
    if (is_traced_) note("lost", name_of(packet));
    return;
  }
  if (dice_.percent(doubled_)) wire_.push_back(packet);
  wire_.push_back(std::move(packet));
}

void Simulation::deliver_one(std::size_t at) {
  const Packet packet = std::move(wire_[at]);
  wire_.erase(wire_.begin() + static_cast<std::ptrdiff_t>(at));
  if (is_traced_) note(broker_ ? "arrives" : "arrives, broker down", name_of(packet));
  if (const auto* message = std::get_if<Outgoing>(&packet)) return arrive(*message);
  if (!broker_) return;
  ++outcome_.steps;
  broker_->take(std::get<Input>(packet), now());
  if (!broker_->early_events().empty()) subscriber_acts();  // the stream is pushed
}

void Simulation::arrive(const Outgoing& message) {
  if (const auto* answer = std::get_if<broker::Answer>(&message)) return hand_to_producer(*answer);
  const auto* task = std::get_if<broker::SendTask>(&message);
  const auto& name = task != nullptr ? task->worker : std::get<broker::SendSignal>(message).worker;
  if (WorkerDouble* worker = worker_named(name))
    hand_to_worker(*worker, message);
  else if (dice_.percent(50))
    to_broker(broker::Unreachable{name});
}

void Simulation::hand_to_worker(WorkerDouble& worker, const Outgoing& message) {
  if (const auto* task = std::get_if<broker::SendTask>(&message)) {
    worker.waiting.push_back(*task);
    return;
  }
  const auto& signal = std::get<broker::SendSignal>(message);
  if (signal.type == MessageType::pong) worker.is_known = true;
  if (signal.type == MessageType::who) worker.is_known = false;
  if (signal.type != MessageType::ack && signal.type != MessageType::stale) return;
  std::erase_if(worker.unsettled, [&](const auto& one) { return one.first == signal.claim; });
  std::erase_if(worker.waiting, [&](const auto& one) { return one.claim == signal.claim; });
}

void Simulation::hand_to_producer(const broker::Answer& answer) {
  if (!answer.body) return;
  if (answer.asker.starts_with('f')) files_[std::stoul(answer.asker.substr(1))].second = true;
  if (answer.asker == "close") is_closed_ = true;
}

// --- who does something --------------------------------------------------------------------------

void Simulation::act() {
  real_ += static_cast<std::int64_t>(dice_.below(150));
  switch (dice_.below(20)) {
    case 0: return producer_acts();
    case 1: return subscriber_acts();
    case 2: return person_acts();
    case 3: return tick();
    case 4: return fault();
    case 5:
    case 6:
    case 7:
      if (broker_) flush();
      return;
    case 8:
    case 9:
    case 10:
    case 11:
    case 12: return worker_acts(any_worker());
    default:
      for (int n = 0; n < 3 && !wire_.empty(); ++n) deliver_one(dice_.below(wire_.size()));
  }
}

void Simulation::fault() {
  switch (dice_.below(6)) {
    case 0: return kill_broker("at rest");
    case 1: {
      WorkerDouble& worker = any_worker();
      note("worker is killed", worker.name);
      if (dice_.percent(30)) to_broker(broker::Bye{worker.name});
      std::swap(worker, workers_.back());
      workers_.pop_back();
      return hire();
    }
    case 2: any_worker().paused_until = real_ + static_cast<std::int64_t>(dice_.below(8000)); break;
    case 3:
      real_ += static_cast<std::int64_t>(dice_.below(6000));
      break;  // everything stands still
    case 4:
      skew_ += static_cast<std::int64_t>(dice_.below(120'000)) - 60'000;
      note("the clock on the wall is off by", std::to_string(skew_));
      break;
    default:  // the producer is killed: it has forgotten what was acknowledged
      for (auto& [content, is_known] : files_) is_known = false;
      note("the producer starts again");
  }
}

void Simulation::worker_acts(WorkerDouble& worker) {
  if (worker.paused_until > real_) return;
  if (!worker.is_known)
    to_broker(broker::Ready{worker.name, broker::CoreHouse::every_kind(),
                            1 + static_cast<int>(dice_.below(2)), 1});
  switch (dice_.below(4)) {
    case 0: return ping(worker);
    case 1:
      for (const auto& [claim, input] : worker.unsettled) to_broker(input);
      return;
    default: break;
  }
  if (worker.running) return finish(worker);
  if (worker.waiting.empty()) return;
  worker.running = std::move(worker.waiting.front());
  worker.waiting.pop_front();
  to_broker(broker::Started{worker.name, worker.running->claim});
}

void Simulation::ping(WorkerDouble& worker) {
  broker::Ping out{worker.name, {}};
  if (worker.running) out.holding.push_back(worker.running->claim);
  for (const auto& task : worker.waiting) out.holding.push_back(task.claim);
  for (const auto& [claim, input] : worker.unsettled) out.holding.push_back(claim);
  to_broker(std::move(out));
}

void Simulation::finish(WorkerDouble& worker) {
  const broker::SendTask task = *std::exchange(worker.running, std::nullopt);
  Input input;
  if (dice_.percent(lost_)) {
    const ErrorCode code = dice_.percent(50) ? ErrorCode::unavailable : ErrorCode::internal;
    input = broker::Failed{worker.name, task.claim, {code, "simulated", ""}};
  } else {
    broker::Finished finished{worker.name, task.claim,
                              broker::honest_answer(task.job, journal_->reader())};
    if (auto* record = std::get_if<broker::AssembledDigest>(&finished.digest))
      if (task.job.document % 3 == 0) record->status = RecordStatus::review;
    input = std::move(finished);
  }
  to_broker(input);
  worker.unsettled.emplace_back(task.claim, std::move(input));
}

// Gives every file until it is told that it was taken in; only then does it close the batch.
void Simulation::producer_acts() {
  bool is_all = true;
  for (std::size_t i = 0; i < files_.size(); ++i) {
    if (files_[i].second) continue;
    is_all = false;
    to_broker(broker::Submit{"f" + std::to_string(i), batch_, "a.pdf", files_[i].first,
                             static_cast<int>(i), 10, ""});
  }
  if (is_all && !is_closed_) to_broker(broker::CloseBatch{"close", batch_, false});
}

void Simulation::subscriber_acts() {
  if (dice_.percent(lost_)) {  // it was killed: it goes on where it had committed
    const auto cursor = *journal_->reader().cursor("sub");
    position_ = cursor ? cursor->sequence : 0;
  }
  auto events = *journal_->reader().events_after(position_, 3);
  if (broker_)
    for (auto& early : broker_->early_events())
      if (early.sequence > position_) events.push_back(std::move(early));
  for (const auto& event : events) {
    oracles_.told(position_, event);
    position_ = event.sequence;
  }
  if (!events.empty()) to_broker(broker::CommitCursor{"sub", "sub", position_});
}

void Simulation::person_acts() {
  const auto waiting =
      *journal_->reader().documents({std::nullopt, journal::DocumentState::review});
  for (const auto& row : waiting) {
    auto record = broker::record_digest(row.name, RecordStatus::ready,
                                        row.revision + (row.told_doubtful ? 1 : 0));
    to_broker(broker::Reviewed{"person", row.id, std::move(record), "p", "set"});
  }
}

void Simulation::tick() {
  if (!broker_) return start_broker();
  ++outcome_.steps;
  broker_->take(broker::Tick{}, now());
  flush();
}

// Commit, then send; and it can die before, after and in the middle.
void Simulation::flush() {
  const std::uint64_t fate = dice_.below(400) < lost_ * 4 ? dice_.below(3) : 3;
  if (fate == 0) return kill_broker("before commit");
  broker_->commit();
  if (fate == 1) return kill_broker("after commit");
  if (fate == 2) {
    broker_->send(dice_.below(broker_->unsent() + 1));
    return kill_broker("while sending");
  }
  broker_->send(kSendAll);
}

void Simulation::start_broker() {
  note("broker starts");
  broker_ = make_({*journal_, recipe_, oracles_, [this] { return dice_.bits(); },
                   [this](Outgoing message) { from_broker(std::move(message)); }});
  broker_->start(now());
  broker_->commit();
  broker_->send(kSendAll);
}

void Simulation::kill_broker(const char* when) {
  if (!broker_) return;
  note("broker is killed", when);
  if (dice_.percent(50)) std::erase_if(wire_, [](const Packet& p) { return p.index() == 0; });
  broker_.reset();
}

void Simulation::hire() {
  workers_.emplace_back();
  workers_.back().name = "w" + std::to_string(++hired_);
}

WorkerDouble* Simulation::worker_named(const std::string& name) {
  const auto found = std::ranges::find(workers_, name, &WorkerDouble::name);
  return found == workers_.end() ? nullptr : &*found;
}

// --- the end -------------------------------------------------------------------------------------

bool Simulation::is_over() {
  auto& reader = journal_->reader();
  const auto batch = reader.batch(reader.batch_named(batch_)->value())->value();
  const auto documents = *reader.documents({});
  for (const auto& document : documents)
    if (document.copy_due && document.archive_failure.empty()) return false;
  return batch.state == journal::BatchState::closed && wire_.empty() &&
         position_ == *reader.head() &&
         reader.documents({std::nullopt, journal::DocumentState::review})->empty();
}

// The faults stop. Everything must be done before long.
void Simulation::calm_down() {
  note("the faults stop");
  lost_ = doubled_ = 0;
  for (auto& worker : workers_) worker.paused_until = 0;
  for (int round = 0; round < kCalmRounds && !oracles_.violation(); ++round) {
    if (broker_ && round % 8 == 0 && is_over()) return;
    real_ += kRound;
    tick();
    producer_acts();
    subscriber_acts();
    if (round % 8 == 0) person_acts();
    for (auto& worker : workers_) {
      ping(worker);
      for (int n = 0; n < 4; ++n) worker_acts(worker);
    }
    while (!wire_.empty()) deliver_one(0);
    flush();
    while (!wire_.empty()) deliver_one(0);
  }
  if (!oracles_.violation()) oracles_.violated("O7: not done in time after the faults stopped");
}

void Simulation::note(const char* what, const std::string& detail) {
  if (!is_traced_) return;
  outcome_.trace.push_back(std::to_string(real_) + " ms  " + what + " " + detail);
}

}  // namespace postkamer::faults
