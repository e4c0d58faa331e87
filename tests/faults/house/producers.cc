// SPDX-License-Identifier: EUPL-1.2
#include "tests/faults/house/producers.h"

#include <chrono>

#include "workers/host/socket.h"

namespace postkamer::faults {

using nlohmann::json;
using Clock = std::chrono::steady_clock;

namespace {

constexpr auto kPatience = std::chrono::seconds(60);
constexpr auto kGiveAgain = std::chrono::seconds(2);
constexpr std::size_t kFewFiles = 8;
constexpr auto kForFewFiles = std::chrono::milliseconds(250);

}  // namespace

Producers::Producers(const std::string& endpoint, const journal::BlobStore& blobs,
                     std::string batch, const std::vector<std::string>& contents, int producers,
                     int underway)
    : batch_(std::move(batch)), most_(static_cast<std::size_t>(underway)) {
  for (const std::string& content : contents)
    names_.push_back(blobs.put(bytes_of(content)).value());
  for (int n = 0; n < producers; ++n) {
    producers_.push_back(std::make_unique<Producer>(context_));
    host::set_options(producers_.back()->socket, 1 << 20);
    producers_.back()->socket.connect(endpoint);
  }
}

std::string Producers::key_of(int file) const {
  return names_[static_cast<std::size_t>(file) % names_.size()] + ":" + std::to_string(file);
}

void Producers::give(Producer& producer, int file) {
  wire::Message message;
  message.type = wire::MessageType::ask;
  message.body = {{"id", file},
                  {"verb", "submit"},
                  {"body",
                   {{"batch", batch_},
                    {"name", "a.pdf"},
                    {"sha256", names_[static_cast<std::size_t>(file) % names_.size()]},
                    {"size", 3},
                    {"copy", file}}}};
  auto frames = wire::encode(std::move(message));
  if (frames && host::send(producer.socket, "", std::move(*frames)))
    producer.underway.insert(file);
  else
    again_.push_back(file);
}

void Producers::fill(Producer& producer, bool gives_new) {
  while (producer.underway.size() < most_ && (gives_new || !again_.empty())) {
    const bool is_again = !again_.empty();
    const int file = is_again ? again_.back() : static_cast<int>(given_);
    if (is_again)
      again_.pop_back();
    else
      ++given_;
    const std::size_t before = producer.underway.size();
    give(producer, file);
    if (producer.underway.size() == before) return;  // nobody is there
  }
}

void Producers::hear(Producer& producer) {
  while (auto frames = host::receive(producer.socket)) {
    const auto answer = wire::decode(std::move(*frames));
    if (!answer || answer->type != wire::MessageType::answer) continue;
    const auto file = static_cast<int>(wire::number_at(answer->body, "id").value_or(-1));
    if (wire::flag_at(answer->body, "ok").value_or(false)) {
      producer.underway.erase(file);
      acknowledged_.insert(key_of(file));
    } else if (producer.underway.erase(file) > 0) {
      refusals_.push_back(wire::error_from(answer->body.value("error", json::object())).reason);
      again_.push_back(file);
    }
  }
}

void Producers::turn(bool gives_new) {
  std::vector<zmq::pollitem_t> items;
  for (auto& producer : producers_) {
    fill(*producer, gives_new);
    items.push_back({producer->socket.handle(), 0, ZMQ_POLLIN, 0});
  }
  zmq::poll(items, std::chrono::milliseconds(2));
  for (auto& producer : producers_) hear(*producer);
}

void Producers::work(const std::function<bool()>& is_over) {
  while (!is_over()) turn(true);
}

void Producers::work_slowly(const std::function<bool()>& is_over) {
  while (!is_over()) {
    const auto end = Clock::now() + kForFewFiles;
    const auto is_late = [&] { return is_over() || Clock::now() >= end; };
    const std::size_t enough = acknowledged_.size() + kFewFiles;
    work([&] { return is_late() || acknowledged_.size() >= enough; });
    wait(is_late);
  }
}

void Producers::wait(const std::function<bool()>& is_over) {
  while (!is_over()) turn(false);
}

void Producers::lost_touch() {
  for (auto& producer : producers_) {
    for (const int file : producer->underway) again_.push_back(file);
    producer->underway.clear();
  }
}

bool Producers::settle() {
  const auto end = Clock::now() + kPatience;
  auto again = Clock::now();
  while (acknowledged_.size() < given_ && Clock::now() < end) {
    if (Clock::now() >= again) {
      lost_touch();
      again = Clock::now() + kGiveAgain;
    }
    turn(false);
  }
  return acknowledged_.size() == given_;
}

}  // namespace postkamer::faults
