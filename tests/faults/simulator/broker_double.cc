// SPDX-License-Identifier: EUPL-1.2
#include "tests/faults/simulator/broker_double.h"

#include <algorithm>

namespace postkamer::faults {

using broker::Input;
using broker::Moment;
using broker::Output;

void BrokerDouble::start(const Times& now) {
  const auto snapshot = *ground_.journal.reader().snapshot();
  ground_.oracles.began(snapshot, now);
  const Moment moment{now.real, ground_.random()};
  core_ = std::make_unique<broker::Core>(snapshot, ground_.recipe, moment);
  Output output = core_->start(moment);
  ground_.oracles.thought(Input{broker::Drain{}}, output, now);
  operations_ = std::move(output.operations);
  messages_ = std::move(output.messages);
}

Output BrokerDouble::think(const Input& input, const Times& now) {
  return core_->step(input, {now.real, ground_.random()});
}

void BrokerDouble::take(const Input& input, const Times& now) {
  Output output = think(as_told(input), now);
  ground_.oracles.thought(input, output, now);
  std::ranges::move(output.operations, std::back_inserter(operations_));
  std::ranges::move(output.messages, std::back_inserter(messages_));
  after_thinking();
}

void BrokerDouble::commit() {
  (void)ground_.journal.commit(operations_, "2026-11-23T12:00:00Z");
  ground_.oracles.committed(operations_);
  operations_.clear();
}

void BrokerDouble::send(std::size_t most) {
  const std::size_t count = std::min(most, messages_.size());
  for (std::size_t i = 0; i < count; ++i) {
    const auto* task = std::get_if<broker::SendTask>(&messages_[i]);
    if (task != nullptr && !core_->is_current(task->claim)) continue;  // given up meanwhile
    ground_.send(std::move(messages_[i]));
  }
  messages_.erase(messages_.begin(), messages_.begin() + static_cast<std::ptrdiff_t>(count));
}

namespace {

class AcksBeforeCommit : public BrokerDouble {
  using BrokerDouble::BrokerDouble;
  void after_thinking() override { send(messages_.size()); }
};

// Any answer counts as that of whoever holds the job now.
class TakesAnyAnswer : public BrokerDouble {
  using BrokerDouble::BrokerDouble;
  Input as_told(const Input& input) override {
    const auto* told = std::get_if<broker::Finished>(&input);
    if (told == nullptr) return input;
    broker::Finished finished = *told;
    const auto jobs = ground_.journal.reader().snapshot()->jobs;
    for (const auto& job : jobs)
      if (job.id == finished.claim.job)
        finished.claim = {job.id, job.attempt, job.generation, job.token};
    return finished;
  }
};

class PublishesBeforeCommit : public BrokerDouble {
  using BrokerDouble::BrokerDouble;
  [[nodiscard]] std::vector<journal::EventRow> early_events() const override {
    std::vector<journal::EventRow> early;
    std::uint64_t sequence = *ground_.journal.reader().head();
    for (const auto& operation : operations_)
      if (const auto* event = std::get_if<journal::AppendEvent>(&operation)) {
        ++sequence;
        early.push_back(
            {sequence, event->key, event->document, event->body + "#" + std::to_string(sequence)});
      }
    return early;
  }
};

// What it has seen, it knows by heart only: after a start it tells no file apart from a new one.
class ForgetsWhatItHasSeen : public BrokerDouble {
  using BrokerDouble::BrokerDouble;
  Input as_told(const Input& input) override {
    const auto* told = std::get_if<broker::Submit>(&input);
    if (told == nullptr) return input;
    broker::Submit submit = *told;
    const auto known = seen_.find(file_key(submit.sha256, submit.copy));
    if (known == seen_.end()) {
      const auto scans = ground_.journal.reader().snapshot()->scans;
      for (const auto& scan : scans)
        if (scan.sha256 == submit.sha256 && scan.copy == submit.copy) is_double_ = true;
      seen_.insert(file_key(submit.sha256, submit.copy));
    }
    if (is_double_) submit.copy += 1000;
    is_double_ = false;
    return submit;
  }
  std::set<std::string> seen_;
  bool is_double_ = false;
};

// Every second that the clock on the wall jumps, is a second to it.
class LooksAtTheWall : public BrokerDouble {
  using BrokerDouble::BrokerDouble;
  Output think(const Input& input, const Times& now) override {
    Output all;
    if (last_ == 0) last_ = now.wall - 1;
    while (now.wall - last_ > 1000) {
      last_ += 1000;
      Output output = core_->step(broker::Tick{}, {last_, ground_.random()});
      std::ranges::move(output.operations, std::back_inserter(all.operations));
      std::ranges::move(output.messages, std::back_inserter(all.messages));
    }
    last_ = now.wall;
    Output output = core_->step(input, {now.wall, ground_.random()});
    std::ranges::move(output.operations, std::back_inserter(all.operations));
    std::ranges::move(output.messages, std::back_inserter(all.messages));
    return all;
  }
  std::int64_t last_ = 0;
};

template <class Broker>
Kind kind(const char* name) {
  return {name, [](Ground ground) { return std::make_unique<Broker>(std::move(ground)); }};
}

}  // namespace

Kind honest_broker() { return kind<BrokerDouble>("honest"); }

std::vector<Kind> flawed_brokers() {
  return {kind<AcksBeforeCommit>("acknowledges before commit"),
          kind<TakesAnyAnswer>("takes any answer (no fencing)"),
          kind<PublishesBeforeCommit>("publishes before commit"),
          kind<ForgetsWhatItHasSeen>("knows doubles by heart only"),
          kind<LooksAtTheWall>("leases on the wall clock")};
}

}  // namespace postkamer::faults
