// SPDX-License-Identifier: EUPL-1.2
#include "tests/unit/workers/intake/refusing_broker.h"

#include <algorithm>
#include <chrono>
#include <map>

#include <zmq.hpp>

#include "workers/host/socket.h"

namespace postkamer::intake {
namespace {

using nlohmann::json;

constexpr std::int64_t kFrameBytes = 1 << 20;
constexpr auto kLook = std::chrono::milliseconds(20);

wire::Frames error_answer(const json& id, const Error& error) {
  wire::Message answer;
  answer.type = wire::MessageType::answer;
  answer.body = {{"id", id}, {"ok", false}, {"error", wire::to_json(error)}};
  return wire::encode(std::move(answer)).value();
}

}  // namespace

RefusingBroker::RefusingBroker(const std::string& front, const std::string& broker)
    : thread_([=, this](const std::stop_token& stop) { serve(stop, front, broker); }) {}

void RefusingBroker::refuse(Refusal refusal) {
  const std::scoped_lock lock(mutex_);
  refusals_.push_back(std::move(refusal));
}

std::vector<std::string> RefusingBroker::passed() const {
  const std::scoped_lock lock(mutex_);
  return passed_;
}

std::optional<Refusal> RefusingBroker::judge(const json& question) {
  const std::string verb = question.at("verb");
  const std::string file = question.at("body").value("name", std::string());
  const std::scoped_lock lock(mutex_);
  const auto meant = std::ranges::find_if(refusals_, [&](const Refusal& one) {
    return one.times > 0 && one.verb == verb && (one.file.empty() || one.file == file);
  });
  std::optional<Refusal> refusal;
  if (meant != refusals_.end()) {
    --meant->times;
    refusal = *meant;
  }
  if (!refusal || refusal->is_done) passed_.push_back(file.empty() ? verb : verb + " " + file);
  return refusal;
}

void RefusingBroker::serve(const std::stop_token& stop, const std::string& front,
                           const std::string& broker) {
  zmq::context_t context;
  zmq::socket_t client(context, zmq::socket_type::router);
  host::set_options(client, kFrameBytes);
  client.bind(front);
  zmq::socket_t behind(context, zmq::socket_type::dealer);
  host::set_options(behind, kFrameBytes);
  behind.set(zmq::sockopt::immediate, false);  // what comes before it is connected waits
  behind.connect(broker);
  std::string asker;              // the one client
  std::map<json, Error> unheard;  // questions whose true answer is kept back
  while (!stop.stop_requested()) {
    std::vector<zmq::pollitem_t> items{{client.handle(), 0, ZMQ_POLLIN, 0},
                                       {behind.handle(), 0, ZMQ_POLLIN, 0}};
    zmq::poll(items, kLook);
    while (auto arrival = host::receive_arrival(client)) {
      asker = arrival->peer;
      auto question = wire::decode(std::move(arrival->frames)).value();
      const json id = question.body.at("id");
      const auto refusal = judge(question.body);
      if (refusal && !refusal->is_done) {
        host::send(client, asker, error_answer(id, refusal->error));
        continue;
      }
      if (refusal) unheard[id] = refusal->error;
      host::send(behind, "", wire::encode(std::move(question)).value());
    }
    while (auto frames = host::receive(behind)) {
      auto answer = wire::decode(std::move(*frames)).value();
      const json id = answer.body.at("id");
      const auto kept_back = unheard.extract(id);
      host::send(client, asker,
                 kept_back ? error_answer(id, kept_back.mapped())
                           : wire::encode(std::move(answer)).value());
    }
  }
}

}  // namespace postkamer::intake
