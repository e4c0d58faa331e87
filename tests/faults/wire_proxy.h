// SPDX-License-Identifier: EUPL-1.2
//
// Somebody on the wire between workers and the broker: sees every message, and may keep it back or
// write it anew. Workers are started with its endpoint instead of the broker's.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "workers/wire/message.h"

namespace postkamer::faults {

// A message that went by.
struct Seen {
  bool is_to_broker = false;
  std::string worker;    // its address at the proxy
  std::int64_t pid = 0;  // of the worker, once it has said READY
  wire::MessageType type{};
  int version = 0;                   // of the header
  std::optional<wire::Claim> claim;  // of those that carry one
  std::vector<wire::Claim> holding;  // PING
  std::string kind;                  // TASK
  std::string reason;                // FAILURE, UNSUPPORTED
  std::chrono::steady_clock::time_point at;
};

// Whether the message goes on. It may be changed. Called on the proxy's own thread, one message at
// a time.
using Judge = std::function<bool(const Seen& seen, wire::Message& message)>;

class WireProxy {
 public:
  // Workers connect to `front`; `back` is the broker's door for them.
  WireProxy(const std::string& front, const std::string& back, Judge judge = nullptr);
  ~WireProxy();
  WireProxy(const WireProxy&) = delete;
  WireProxy& operator=(const WireProxy&) = delete;

  [[nodiscard]] const std::string& endpoint() const { return front_; }
  // Everything so far, kept back or not, in the order in which it came.
  [[nodiscard]] std::vector<Seen> seen() const;
  // Those of this type.
  [[nodiscard]] std::vector<Seen> seen(wire::MessageType type) const;

 private:
  class Relay;
  void serve(const std::stop_token& stop);
  bool passes(const std::string& worker, bool is_to_broker, wire::Frames& frames);

  std::string front_;
  std::string back_;
  Judge judge_;
  mutable std::mutex mutex_;
  std::vector<Seen> seen_;
  std::jthread thread_;
};

}  // namespace postkamer::faults
