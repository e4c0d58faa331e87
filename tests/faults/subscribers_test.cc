// SPDX-License-Identifier: EUPL-1.2
//
// Test 18 of README.md: the broker and the publisher with every kind of subscriber at once. Those
// that behave see every event once, in order, byte for byte as it was told; the others are told
// what is wrong, and cost no memory worth mentioning.
#include <poll.h>
#include <signal.h>

#include <algorithm>
#include <iostream>
#include <random>
#include <thread>

#include <gmock/gmock.h>
#include <zmq.hpp>

#include "tests/faults/program_house.h"
#include "workers/host/socket.h"
#include "workers/journal/sqlite_journal.h"
#include "workers/publisher/subscriber.h"

namespace postkamer::faults {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using publisher::StreamEvent;
using publisher::Subscriber;
using wire::MessageType;

constexpr int kPatienceMs = 60'000;
constexpr std::uint64_t kOld = 500;    // told years ago: no longer kept
constexpr std::uint64_t kKept = 2500;  // told today
constexpr std::uint64_t kHead = kOld + kKept;
constexpr std::uintmax_t kLineBytes = 4000;  // of an event, at least
constexpr long kRoomKib = 64 << 10;

std::string stamped(const std::string& body, std::uint64_t sequence, const std::string&) {
  return body.substr(0, body.size() - 1) + ",\"sequence\":\"" + std::to_string(sequence) + "\"}";
}

// Fills a journal that nobody has open yet.
void fill(const std::filesystem::path& file) {
  const auto journal = journal::open_journal(file, stamped).value();
  const std::string text(kLineBytes, 'x');
  std::uint64_t number = 0;
  const auto append = [&](std::uint64_t count, const std::string& now) {
    journal::Operations operations;
    for (; count > 0; --count) {
      const std::string id = "D" + std::to_string(++number) + ".r1";
      const json event{{"id", id}, {"data", {{"text", text}}}};
      operations.emplace_back(journal::AppendEvent{id, "D" + std::to_string(number), event.dump(),
                                                   "nl.poststukken.poststuk-ontvangen.v1", ""});
    }
    ASSERT_TRUE(journal->commit(operations, now));
  };
  append(kOld, "2020-01-01T12:00:00.000Z");
  append(kKept, "2099-01-01T12:00:00.000Z");
}

// A dealer that says what it likes.
class Stranger {
 public:
  explicit Stranger(const std::string& endpoint) {
    host::set_options(socket_, 1 << 20);
    socket_.set(zmq::sockopt::immediate, false);
    socket_.connect(endpoint);
  }
  void say(MessageType type, json body) {
    wire::Message message;
    message.type = type;
    message.body = std::move(body);
    (void)host::send(socket_, "", wire::encode(std::move(message)).value());
  }
  // The reason with which it is refused; "" when it is not.
  std::string refusal() {
    std::string reason;
    test::wait_until(
        [&] {
          const auto frames = host::receive(socket_);
          if (!frames) return false;
          const auto message = wire::decode(std::move(*frames));
          if (message && message->type == MessageType::refused) reason = message->body.at("reason");
          return !reason.empty();
        },
        30s);
    return reason;
  }

 private:
  zmq::context_t context_;
  zmq::socket_t socket_{context_, zmq::socket_type::dealer};
};

class Subscribers : public testing::Test {
 protected:
  void SetUp() override {
    fill(house_.layout().journal());
    house_.start_broker();
    ASSERT_TRUE(test::wait_until(
        [&] { return house_.ask("subscribers", json::object()).at("oldest") == kOld + 1; }, 30s))
        << "what is too old is dropped: " << house_.log("broker");
    house_.start("publisher", "postkamer-publisher");
    endpoint_ = house_.layout().events_endpoint();
    told_ = house_.reader()->events_after(kOld, static_cast<int>(kKept)).value();
    ASSERT_EQ(told_.size(), kKept);
  }

  [[nodiscard]] Subscriber subscribe(const std::string& name, std::uint64_t from,
                                     int credit = 256) const {
    return Subscriber::connect({endpoint_, name, from, credit}, kPatienceMs).value();
  }

  // Everything from `from` on is as it was told, with no gap.
  void expect_whole(const std::vector<StreamEvent>& events, std::uint64_t from) const {
    ASSERT_EQ(events.size(), kHead - from);
    for (const StreamEvent& event : events) {
      ASSERT_EQ(event.sequence, ++from);
      ASSERT_EQ(event.text, told_.at(event.sequence - kOld - 1).body);
    }
  }

  // Reads on to the head.
  static std::vector<StreamEvent> read_all(Subscriber& subscriber) {
    std::vector<StreamEvent> all;
    while (subscriber.position() < kHead) {
      const auto some = subscriber.next(kPatienceMs);
      if (!some || some->empty()) break;
      all.insert(all.end(), some->begin(), some->end());
    }
    return all;
  }

  ProgramHouse house_{"subscribers",
                      "[stream]\nkeep_days = 30\nwait_days = 60\n"
                      "[[subscriber]]\nname = 'calm'\n[[subscriber]]\nname = 'slow'\n"
                      "[[subscriber]]\nname = 'dead'\n[[subscriber]]\nname = 'killed'\n"
                      "[[subscriber]]\nname = 'late'\n[[subscriber]]\nname = 'bad'\n"};
  std::string endpoint_;
  std::vector<journal::EventRow> told_;
};

// Numbers of the events that a client printed, one a line; a line that a kill cut short is left
// out.
std::vector<std::uint64_t> numbers_in(const std::filesystem::path& file) {
  std::vector<std::uint64_t> numbers;
  for (const json& event : test::read_lines(file))
    if (event.is_object()) numbers.push_back(std::stoull(event.at("sequence").get<std::string>()));
  return numbers;
}

std::uint64_t position_of(ProgramHouse& house, const std::string& name) {
  const json known = house.ask("subscribers", json::object());
  for (const auto& one : known.at("subscribers"))
    if (one.at("name") == name) return one.at("sequence");
  return 0;
}

// Kills the client of PROTOCOL.md again and again in mid-replay; every start goes on where the one
// before it committed. What it printed, in order of its lives.
std::vector<std::vector<std::uint64_t>> killed_client(ProgramHouse& house, int kills,
                                                      std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<std::vector<std::uint64_t>> lives;
  for (int life = 0; life <= kills; ++life) {
    const auto file = house.folder() / ("killed." + std::to_string(life));
    test::ChildProcess client(
        {test::program("subscriber_example"), house.layout().events_endpoint(), "killed"}, file);
    const std::uintmax_t enough = random() % (kKept / 25) * kLineBytes;
    const auto is_enough = [&] {
      if (life == kills) return position_of(house, "killed") == kHead;
      return std::filesystem::file_size(file) > enough;
    };
    EXPECT_TRUE(test::wait_until(is_enough, 120s)) << test::read_text(file).size();
    client.signal(SIGKILL);
    client.wait(30s);
    lives.push_back(numbers_in(file));
  }
  return lives;
}

TEST_F(Subscribers, of_every_kind_at_once_each_get_what_is_theirs_and_cost_the_others_nothing) {
  const std::uint64_t seed = printed_seed(18);
  const long publisher_before = memory_kib(house_.pid("publisher"), "VmRSS");
  const long broker_before = memory_kib(house_.pid("broker"), "VmRSS");

  // Dead: asked for all that its credit allows, and never reads. Bad: all that one can do wrong.
  std::vector<std::unique_ptr<Stranger>> dead;
  for (int n = 0; n < 100; ++n) {
    dead.push_back(std::make_unique<Stranger>(endpoint_));
    dead.back()->say(MessageType::fetch,
                     {{"name", "dead"}, {"after", kOld}, {"credit", 1'000'000}});
  }
  Stranger bad(endpoint_);
  bad.say(MessageType::commit, {{"name", "bad"}, {"seq", kHead + 1}});
  EXPECT_EQ(bad.refusal(), "stream_beyond_head");
  bad.say(MessageType::fetch, {{"name", "bad"}, {"after", kHead + 1}, {"credit", 1}});
  EXPECT_EQ(bad.refusal(), "stream_beyond_head");
  bad.say(MessageType::subscribe,
          {{"name", "bad"}, {"from", kOld}, {"stream", "0123456789abcdef"}});
  EXPECT_EQ(bad.refusal(), "stream_foreign");
  bad.say(MessageType::subscribe, {{"name", "nobody"}});
  EXPECT_EQ(bad.refusal(), "stream_unknown_subscriber");
  Stranger flood(endpoint_);
  std::jthread flooding([&](const std::stop_token& stop) {
    for (int strangers = 0; !stop.stop_requested(); ++strangers) {
      flood.say(MessageType::fetch, {{"name", "bad"}, {"after", kOld}, {"credit", 1'000'000}});
      flood.say(MessageType::commit, {{"name", "bad"}, {"seq", kOld + 1}});
      flood.say(MessageType::subscribe, {{"name", "nobody" + std::to_string(strangers)}});
      if (strangers % 20 == 0) ::poll(nullptr, 0, 1);  // the machine is not only ours
    }
  });

  std::vector<StreamEvent> slow_has;
  Subscriber slow = subscribe("slow", kOld, 1);
  for (int n = 0; n < 50; ++n)
    std::ranges::move(slow.next(kPatienceMs).value(), std::back_inserter(slow_has));

  Subscriber calm = subscribe("calm", kOld);
  expect_whole(read_all(calm), kOld);
  Stranger one_more(endpoint_);  // by now all the dead have asked
  one_more.say(MessageType::fetch, {{"name", "dead"}, {"after", kOld}, {"credit", 1}});
  EXPECT_EQ(one_more.refusal(), "stream_flood") << "a name may have so many connections, no more";

  const auto late = Subscriber::connect({endpoint_, "late", 0}, kPatienceMs);
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().reason, "stream_gone");
  EXPECT_THAT(late.error().message, testing::HasSubstr(std::to_string(kOld + 1)));
  Subscriber late_again = subscribe("late", kOld);
  expect_whole(read_all(late_again), kOld);

  ASSERT_TRUE(subscribe("killed", kOld).commit(kOld, kPatienceMs)) << "where it starts";
  const auto lives = killed_client(house_, is_nightly() ? 20 : 6, seed);
  std::uint64_t last = kOld;
  for (const auto& numbers : lives) {
    if (numbers.empty()) continue;
    EXPECT_LE(numbers.front(), last + 1) << "it goes on where it was, or a little before";
    for (std::size_t i = 1; i < numbers.size(); ++i) ASSERT_EQ(numbers[i], numbers[i - 1] + 1);
    last = std::max(last, numbers.back());
  }
  EXPECT_EQ(last, kHead);

  std::ranges::move(read_all(slow), std::back_inserter(slow_has));
  expect_whole(slow_has, kOld);
  const long publisher_more = memory_kib(house_.pid("publisher"), "VmHWM") - publisher_before;
  const long broker_more = memory_kib(house_.pid("broker"), "VmHWM") - broker_before;
  std::cout << "memory at most: publisher + " << publisher_more / 1024 << " MiB, broker + "
            << broker_more / 1024 << " MiB\n";
  EXPECT_LT(publisher_more, kRoomKib);
  EXPECT_LT(broker_more, kRoomKib);
  const json known = house_.ask("subscribers", json::object());
  for (const auto& one : known.at("subscribers"))
    EXPECT_EQ(one.at("lost"), kOld) << "what went before they came: " << one;
}

TEST_F(Subscribers, a_person_who_names_no_number_gets_all_that_is_kept) {
  const auto file = house_.folder() / "replay";
  test::ChildProcess replay(
      {test::program("postkamer"), "records", "replay", "--dir", house_.layout().dir.string()},
      file);
  EXPECT_EQ(replay.wait(60s).value_or(-1), 0) << test::read_text(file).substr(0, 200);
  EXPECT_EQ(numbers_in(file).size(), kKept);
}

}  // namespace
}  // namespace postkamer::faults
