// SPDX-License-Identifier: EUPL-1.2
//
// A subscriber that hands every event to a receiver: takes from the stream, delivers as delivery.h
// decides, stores what that says, then tells the stream how far it is. Killed at any moment it goes
// on where it was; an event may then be delivered twice, none is left out.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "pipeline/base/error.h"
#include "workers/publisher/subscriber.h"
#include "workers/sinks/delivery.h"
#include "workers/sinks/receiver.h"
#include "workers/sinks/sink_state.h"

namespace postkamer::sinks {

// What is handed over of an event, by its text. Fails with: unsupported, when there is no such body
// of this event; it is parked then.
using MakeBody = std::function<Result<std::string>(const std::string& event)>;

struct SinkParts {
  publisher::SubscriberOptions stream;  // endpoint and name
  Policy policy;
  std::string content_type;
  MakeBody make_body;
  std::unique_ptr<Receiver> receiver;
  StateFolder state;
  std::function<bool()> is_stopped;
};

class Sink {
 public:
  // Reads what was held. Fails with: corrupt_store (sink_held).
  static Result<Sink> open(SinkParts parts);

  // Until stopped. Fails with: unavailable, corrupt_store (what is held cannot be stored or read),
  // unsupported (stream_unknown_subscriber).
  Result<void> run();

 private:
  explicit Sink(SinkParts parts, Delivery delivery);
  Result<void> round();
  Result<void> connect();
  Result<void> do_what_is_asked();
  Result<void> take(Moment until);
  Result<void> take_one();
  Result<void> retry(std::uint64_t sequence);
  Result<bool> deliver(std::uint64_t sequence, const std::string& event, bool is_held);
  Result<void> store(const Delivery::Change& change, const std::string& event);
  Outcome hand_over(std::uint64_t sequence, const std::string& event);
  Result<void> commit(bool at_once);
  Result<void> lost(const Error& error);
  Result<void> tell();
  void wait(Moment until) const;

  SinkParts parts_;
  Delivery delivery_;
  std::optional<publisher::Subscriber> stream_;
  std::optional<std::uint64_t> from_;  // asked by a person: not yet committed
  std::deque<publisher::StreamEvent> incoming_;
  std::uint64_t handled_ = 0;    // everything up to here is delivered or held
  std::uint64_t committed_ = 0;  // the stream knows
  Moment committed_at_{};
  SinkStatus status_;  // as it was told last
  Outcome stopped_by_;
  std::uint64_t delivered_ = 0;
  Moment delivered_at_{}, told_at_{};
};

}  // namespace postkamer::sinks
