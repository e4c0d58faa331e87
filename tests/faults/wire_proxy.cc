// SPDX-License-Identifier: EUPL-1.2
#include "tests/faults/wire_proxy.h"

#include <map>

#include <zmq.hpp>

#include "workers/host/socket.h"

namespace postkamer::faults {
namespace {

constexpr std::int64_t kFrameBytes = 257ll << 20;
constexpr auto kLook = std::chrono::milliseconds(20);

Seen look_at(const wire::Message& message) {
  Seen seen;
  seen.type = message.type;
  seen.claim = wire::claim_from(message.body);
  seen.kind = wire::text_at(message.body, "kind").value_or("");
  seen.reason = wire::text_at(message.body, "reason").value_or("");
  seen.pid = wire::number_at(message.body, "pid").value_or(0);
  seen.at = std::chrono::steady_clock::now();
  if (const auto error = message.body.find("error"); error != message.body.end())
    seen.reason = wire::error_from(*error).reason;
  if (const auto held = message.body.find("holding"); held != message.body.end())
    for (const auto& one : *held)
      if (const auto claim = wire::claim_from(one)) seen.holding.push_back(*claim);
  return seen;
}

}  // namespace

// The sockets: one to all workers, and for each worker one of its own to the broker, so that the
// broker sees as many peers as there are.
class WireProxy::Relay {
 public:
  explicit Relay(WireProxy& proxy) : proxy_(proxy) {
    host::set_options(front_, kFrameBytes);
    front_.bind(proxy.front_);
  }

  void run_once() {
    std::vector<zmq::pollitem_t> items{{front_.handle(), 0, ZMQ_POLLIN, 0}};
    for (auto& [worker, back] : backs_) items.push_back({back.handle(), 0, ZMQ_POLLIN, 0});
    zmq::poll(items, kLook);
    while (auto frames = host::receive(front_)) {
      const std::string worker(text_of(frames->front()));
      frames->erase(frames->begin());
      if (proxy_.passes(worker, true, *frames)) host::send(back_of(worker), "", std::move(*frames));
    }
    for (auto& [worker, back] : backs_)
      while (auto frames = host::receive(back))
        if (proxy_.passes(worker, false, *frames)) host::send(front_, worker, std::move(*frames));
  }

 private:
  zmq::socket_t& back_of(const std::string& worker) {
    const auto known = backs_.find(worker);
    if (known != backs_.end()) return known->second;
    zmq::socket_t back(context_, zmq::socket_type::dealer);
    host::set_options(back, kFrameBytes);
    back.set(zmq::sockopt::immediate, false);  // what comes before the broker is there waits for it
    back.set(zmq::sockopt::reconnect_ivl, 50);
    back.connect(proxy_.back_);
    return backs_.emplace(worker, std::move(back)).first->second;
  }

  WireProxy& proxy_;
  zmq::context_t context_{1};
  zmq::socket_t front_{context_, zmq::socket_type::router};
  std::map<std::string, zmq::socket_t> backs_;
};

WireProxy::WireProxy(const std::string& front, const std::string& back, Judge judge)
    : front_(front),
      back_(back),
      judge_(std::move(judge)),
      thread_([this](const std::stop_token& stop) { serve(stop); }) {}

WireProxy::~WireProxy() = default;

void WireProxy::serve(const std::stop_token& stop) {
  Relay relay(*this);
  while (!stop.stop_requested()) relay.run_once();
}

bool WireProxy::passes(const std::string& worker, bool is_to_broker, wire::Frames& frames) {
  const int version = frames.empty() || frames[0].size() < 4 ? 0 : frames[0][3];
  auto message = wire::decode(std::move(frames));
  if (!message) return false;
  Seen seen = look_at(*message);
  seen.is_to_broker = is_to_broker;
  seen.worker = worker;
  seen.version = version;
  {
    const std::scoped_lock lock(mutex_);
    if (seen.pid == 0)
      for (const Seen& before : seen_)
        if (before.type == wire::MessageType::ready && before.worker == worker)
          seen.pid = before.pid;
    seen_.push_back(seen);
  }
  const bool goes_on = !judge_ || judge_(seen, *message);
  if (!goes_on) return false;
  auto again = wire::encode(std::move(*message));
  if (!again) return false;
  frames = std::move(*again);
  return true;
}

std::vector<Seen> WireProxy::seen() const {
  const std::scoped_lock lock(mutex_);
  return seen_;
}

std::vector<Seen> WireProxy::seen(wire::MessageType type) const {
  std::vector<Seen> some = seen();
  std::erase_if(some, [&](const Seen& one) { return one.type != type; });
  return some;
}

}  // namespace postkamer::faults
