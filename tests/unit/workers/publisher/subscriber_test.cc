// SPDX-License-Identifier: EUPL-1.2
#include "workers/publisher/subscriber.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <thread>

#include "workers/host/socket.h"

namespace postkamer::publisher {
namespace {

using nlohmann::json;
using wire::Message;
using wire::MessageType;

// A publisher that answers as the test says, on its own thread.
class PlayedPublisher {
 public:
  using Answer = std::function<std::vector<Message>(const Message&)>;

  explicit PlayedPublisher(Answer answer) : answer_(std::move(answer)) {
    std::string pattern = (std::filesystem::temp_directory_path() / "pk-stream-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    host::set_options(socket_, 1 << 20);
    socket_.bind(endpoint());
    thread_ = std::thread([this] { play(); });
  }
  ~PlayedPublisher() {
    stop();
    std::filesystem::remove_all(folder_);
  }
  // After this, what the answers noted down can be looked at.
  void stop() {
    stop_ = true;
    if (thread_.joinable()) thread_.join();
  }
  [[nodiscard]] std::string endpoint() const { return "ipc://" + (folder_ / "e.sock").string(); }

 private:
  void play() {
    while (!stop_) {
      zmq::pollitem_t item{socket_.handle(), 0, ZMQ_POLLIN, 0};
      zmq::poll(&item, 1, std::chrono::milliseconds(10));
      while (auto frames = host::receive(socket_)) {
        const std::string peer(text_of(frames->front()));
        frames->erase(frames->begin());
        const auto message = wire::decode(std::move(*frames));
        if (!message) continue;
        for (const Message& out : answer_(*message))
          host::send(socket_, peer, wire::encode(out).value());
      }
    }
  }

  Answer answer_;
  std::filesystem::path folder_;
  zmq::context_t context_;
  zmq::socket_t socket_{context_, zmq::socket_type::router};
  std::atomic<bool> stop_ = false;
  std::thread thread_;
};

Message message_of(MessageType type, json body) {
  Message message;
  message.type = type;
  message.body = std::move(body);
  return message;
}

Message event(std::uint64_t sequence) {
  Message message =
      message_of(MessageType::event, {{"seq", sequence}, {"after", sequence - 1}, {"id", "e"}});
  message.blobs.push_back(Bytes{'{', '}'});
  return message;
}

Message subscribed() { return message_of(MessageType::subscribed, {{"after", 0}, {"head", 5}}); }

TEST(Subscriber, asks_again_after_a_gap_and_passes_over_what_it_has) {
  std::vector<std::uint64_t> fetches;
  PlayedPublisher publisher([&](const Message& in) -> std::vector<Message> {
    if (in.type == MessageType::subscribe) return {subscribed()};
    fetches.push_back(in.body.at("after").get<std::uint64_t>());
    if (fetches.size() == 1) return {event(1), event(1), event(2), event(5)};  // 3 and 4 are lost
    return {event(2), event(3), event(4), event(5)};
  });
  auto subscriber = Subscriber::connect({publisher.endpoint(), "test", 0, 10}).value();
  std::vector<std::uint64_t> got;
  while (got.size() < 5) {
    const auto some = subscriber.next(10'000);
    ASSERT_TRUE(some);
    ASSERT_FALSE(some->empty());
    for (const auto& one : *some) got.push_back(one.sequence);
  }
  EXPECT_EQ(got, (std::vector<std::uint64_t>{1, 2, 3, 4, 5}));
  EXPECT_EQ(fetches, (std::vector<std::uint64_t>{0, 2}));
  EXPECT_EQ(subscriber.position(), 5u);
}

TEST(Subscriber, says_that_what_it_asks_for_is_gone) {
  PlayedPublisher publisher([](const Message& in) -> std::vector<Message> {
    if (in.type == MessageType::subscribe) return {subscribed()};
    return {message_of(MessageType::gone, {{"oldest", 100}})};
  });
  auto subscriber = Subscriber::connect({publisher.endpoint(), "test", 0, 10}).value();
  Result<std::vector<StreamEvent>> some = std::vector<StreamEvent>{};
  for (int n = 0; n < 50 && some; ++n) some = subscriber.next(200);
  ASSERT_FALSE(some);
  EXPECT_EQ(some.error().reason, "stream_gone");
}

TEST(Subscriber, never_asks_for_more_than_its_credit_at_a_time) {
  std::uint64_t sent = 0;
  std::vector<std::uint64_t> credits;
  PlayedPublisher publisher([&](const Message& in) -> std::vector<Message> {
    if (in.type == MessageType::subscribe) return {subscribed()};
    credits.push_back(in.body.at("credit").get<std::uint64_t>());
    return {event(sent + 1), event(sent += 2)};
  });
  auto subscriber = Subscriber::connect({publisher.endpoint(), "test", 0, 2}).value();
  while (subscriber.position() < 8) ASSERT_FALSE(subscriber.next(10'000)->empty());
  publisher.stop();
  EXPECT_GE(credits.size(), 4u);
  for (const std::uint64_t credit : credits) EXPECT_EQ(credit, 2u);
}

TEST(Subscriber, gives_up_when_nobody_is_there) {
  const auto subscriber = Subscriber::connect({"ipc:///tmp/pk-nobody.sock", "test", 0, 2}, 100);
  ASSERT_FALSE(subscriber);
  EXPECT_EQ(subscriber.error().reason, "stream_timeout");
}

}  // namespace
}  // namespace postkamer::publisher
