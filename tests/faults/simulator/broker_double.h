// SPDX-License-Identifier: EUPL-1.2
//
// The broker's body without sockets: the real core, and a journal in memory. It can be stopped dead
// between any two of its acts. The flawed ones below each make one classic mistake, so that it can
// be shown that the oracles see it.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "tests/faults/simulator/oracles.h"
#include "tests/unit/workers/broker/core_house.h"

namespace postkamer::faults {

// What a broker stands on; outlives it.
struct Ground {
  journal::Journal& journal;
  const broker::Recipe& recipe;
  Oracles& oracles;
  std::function<std::uint64_t()> random;
  std::function<void(broker::Outgoing)> send;  // onto the simulated wire
};

class BrokerDouble {
 public:
  explicit BrokerDouble(Ground ground) : ground_(std::move(ground)) {}
  virtual ~BrokerDouble() = default;

  void start(const Times& now);
  void take(const broker::Input& input, const Times& now);
  // Commits, then sends at most so many messages; false when it died before it had sent all.
  void commit();
  void send(std::size_t most);

  [[nodiscard]] bool is_clean() const { return operations_.empty() && messages_.empty(); }
  [[nodiscard]] std::size_t unsent() const { return messages_.size(); }
  [[nodiscard]] const broker::Core& core() const { return *core_; }
  // Events that subscribers can see although they are not committed: none, if it is in order.
  [[nodiscard]] virtual std::vector<journal::EventRow> early_events() const { return {}; }

 protected:
  virtual broker::Input as_told(const broker::Input& input) { return input; }
  virtual broker::Output think(const broker::Input& input, const Times& now);
  virtual void after_thinking() {}

  Ground ground_;
  std::unique_ptr<broker::Core> core_;
  journal::Operations operations_;
  std::vector<broker::Outgoing> messages_;
};

using MakeBroker = std::function<std::unique_ptr<BrokerDouble>(Ground)>;

struct Kind {
  std::string name;
  MakeBroker make;
};
// The broker as it is.
Kind honest_broker();
// Acknowledges before commit; takes any answer; publishes before commit; forgets what it has seen
// when it starts again; counts leases on the clock on the wall.
std::vector<Kind> flawed_brokers();

}  // namespace postkamer::faults
