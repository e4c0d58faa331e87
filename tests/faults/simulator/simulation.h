// SPDX-License-Identifier: EUPL-1.2
//
// A mailroom under one seed: broker, workers, a producer, a subscriber, a person, the wires between
// them and the clocks. Messages are lost, doubled and overtaken; processes are killed, stopped and
// started; clocks jump. The same seed gives the same history, step for step.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "pipeline/base/bytes.h"
#include "tests/faults/simulator/broker_double.h"

namespace postkamer::faults {

// SplitMix64: small, fast, and the same everywhere. A script, whose bytes live as long as the dice,
// says what they show first: a byte a throw.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : state_(seed * 0x9E3779B97F4A7C15u + 1) {}
  explicit Dice(ByteView script) : Dice(script.size()) { script_ = script; }
  std::uint64_t bits() {
    std::uint64_t z = (state_ += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
  }
  std::uint64_t below(std::uint64_t end) {
    if (script_.empty()) return bits() % end;
    const std::uint64_t shown = script_.front() % end;
    script_ = script_.subspan(1);
    return shown;
  }
  bool percent(std::uint64_t chance) { return below(100) < chance; }

 private:
  std::uint64_t state_;
  ByteView script_;
};

struct WorkerDouble {
  std::string name;
  bool is_known = false;
  std::int64_t paused_until = 0;
  std::deque<broker::SendTask> waiting;
  std::optional<broker::SendTask> running;
  std::vector<std::pair<wire::Claim, broker::Input>> unsettled;
};

struct Outcome {
  std::optional<std::string> violation;
  std::uint64_t steps = 0;         // of the broker
  std::string fingerprint;         // of the history
  std::vector<std::string> trace;  // when it was asked for
};

class Simulation {
 public:
  Simulation(std::uint64_t seed, const MakeBroker& make, bool is_traced)
      : Simulation(Dice(seed), make, is_traced) {}
  Simulation(Dice dice, const MakeBroker& make, bool is_traced);
  Outcome run();

 private:
  using Packet = std::variant<broker::Input, broker::Outgoing>;

  // The wire.
  void to_broker(broker::Input input);
  void from_broker(broker::Outgoing message);
  void put_on_wire(Packet packet);
  void deliver_one(std::size_t at);
  void arrive(const broker::Outgoing& message);
  void hand_to_worker(WorkerDouble& worker, const broker::Outgoing& message);
  void hand_to_producer(const broker::Answer& answer);

  // Who does something.
  void act();
  void fault();
  void worker_acts(WorkerDouble& worker);
  void finish(WorkerDouble& worker);
  void ping(WorkerDouble& worker);
  void producer_acts();
  void subscriber_acts();
  void person_acts();
  void tick();
  void flush();
  void start_broker();
  void kill_broker(const char* when);
  void hire();
  WorkerDouble* worker_named(const std::string& name);
  WorkerDouble& any_worker() { return workers_[dice_.below(workers_.size())]; }

  void calm_down();
  bool is_over();
  void note(const char* what, const std::string& detail = "");
  [[nodiscard]] Times now() const { return {real_, real_ + skew_}; }

  Dice dice_;
  MakeBroker make_;
  bool is_traced_;
  broker::PlainRecipe recipe_;
  std::unique_ptr<journal::Journal> journal_;
  Oracles oracles_;
  std::unique_ptr<BrokerDouble> broker_;  // null: it is down
  std::vector<Packet> wire_;
  std::vector<WorkerDouble> workers_;
  std::string batch_;
  std::vector<std::pair<std::string, bool>> files_;  // content, acknowledged
  bool is_closed_ = false;                           // the producer was told so
  std::uint64_t position_ = 0;                       // of the subscriber
  std::uint64_t lost_ = 0, doubled_ = 0;             // percent
  std::int64_t real_ = 1'000'000;
  std::int64_t skew_ = 0;
  int hired_ = 0;
  Outcome outcome_;
};

}  // namespace postkamer::faults
