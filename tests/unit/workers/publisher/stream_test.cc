// SPDX-License-Identifier: EUPL-1.2
#include "workers/publisher/stream.h"

#include <gmock/gmock.h>
#include <poll.h>

#include <chrono>
#include <fstream>
#include <set>

#include "pipeline/base/sanitized.h"
#include "tests/support/forking.h"
#include "tests/unit/workers/publisher/durable_inbox.h"
#include "tests/unit/workers/publisher/stream_house.h"
#include "workers/host/socket.h"
#include "workers/publisher/stream_note.h"
#include "workers/publisher/subscriber.h"

namespace postkamer::publisher {
namespace {

using host::SubscriberSettings;
using nlohmann::json;
using wire::MessageType;

constexpr int kPatienceMs = 30'000;
constexpr const char* kTime = "2026-11-23T12:00:00.000Z";

SubscriberSettings named(const std::string& name) {
  SubscriberSettings settings;
  settings.name = name;
  return settings;
}

Subscriber subscribe(const StreamHouse& house, const std::string& name, std::uint64_t from = 0) {
  return Subscriber::connect({house.endpoint(), name, from, 100}, kPatienceMs).value();
}

std::string refusal_of(const SubscriberOptions& options) {
  const auto subscriber = Subscriber::connect(options, kPatienceMs);
  return subscriber ? "" : subscriber.error().reason;
}

// Numbers of all events until the position is `head`, or nothing came for too long.
std::vector<std::uint64_t> numbers_until(Subscriber& subscriber, std::uint64_t head) {
  constexpr int kLookMs = 100;
  std::vector<std::uint64_t> numbers;
  for (int silent = 0; subscriber.position() < head && silent < kPatienceMs / kLookMs; ++silent) {
    const auto some = subscriber.next(kLookMs);
    EXPECT_TRUE(some);
    if (!some) break;
    for (const auto& event : *some) numbers.push_back(event.sequence);
    if (!some->empty()) silent = 0;
  }
  return numbers;
}

// A dealer that says what it likes.
struct Dealer {
  zmq::context_t context;
  zmq::socket_t socket{context, zmq::socket_type::dealer};

  explicit Dealer(const std::string& endpoint) {
    host::set_options(socket, 1 << 20);
    socket.set(zmq::sockopt::immediate, false);
    socket.connect(endpoint);
  }
  bool say(MessageType type, json body) {
    wire::Message message;
    message.type = type;
    message.body = std::move(body);
    return say(wire::encode(message).value());
  }
  bool say(wire::Frames frames) { return host::send(socket, "", std::move(frames)); }
};

std::size_t resident_kib(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/status");
  for (std::string word; file >> word;)
    if (word == "VmRSS:") {
      std::size_t kib = 0;
      file >> kib;
      return kib;
    }
  return 0;
}

using StreamTest = test::Forking;

TEST_F(StreamTest, gives_each_subscriber_what_its_filter_lets_through_and_passes_the_rest) {
  SubscriberSettings corrections = named("corrections");
  corrections.types = {"nl.poststukken.formulier-gecorrigeerd.v1"};
  SubscriberSettings form = named("form");
  form.forms = {"g"};
  SubscriberSettings nothing = named("nothing");
  nothing.forms = {"other"};
  StreamHouse house({corrections, form, nothing, named("all")});
  house.append(60);
  house.start();
  Subscriber all = subscribe(house, "all");
  EXPECT_EQ(numbers_until(all, 60).size(), 60u);
  Subscriber of_type = subscribe(house, "corrections");
  const auto numbers = numbers_until(of_type, 60);
  EXPECT_EQ(numbers.size(), 20u);
  for (const std::uint64_t number : numbers) EXPECT_EQ(number % 3, 0u);
  Subscriber of_form = subscribe(house, "form");
  EXPECT_EQ(numbers_until(of_form, 60).size(), 30u);
  Subscriber none = subscribe(house, "nothing");
  EXPECT_TRUE(numbers_until(none, 60).empty());
  house.append(6);
  EXPECT_EQ(numbers_until(of_type, 66), (std::vector<std::uint64_t>{63, 66}));
  EXPECT_TRUE(numbers_until(none, 66).empty());
}

TEST_F(StreamTest, shows_a_subscriber_only_what_its_profile_allows) {
  SubscriberSettings masked = named("masked");
  masked.bsn = publish::BsnMode::masked;
  StreamHouse house({masked});
  house.append(1, R"("values": {"bsn": "999990342"}, "fullText": "bsn 9999.90.342")");
  house.start();
  Subscriber subscriber = subscribe(house, "masked");
  const auto events = subscriber.next(kPatienceMs);
  ASSERT_TRUE(events);
  ASSERT_EQ(events->size(), 1u);
  EXPECT_THAT(events->front().text, testing::HasSubstr("******342"));
  EXPECT_THAT(events->front().text, testing::Not(testing::HasSubstr("90.342")));
}

TEST_F(StreamTest, refuses_strangers_positions_beyond_the_head_and_positions_of_another_stream) {
  StreamHouse house({named("known")});
  house.append(5);
  house.start();
  EXPECT_EQ(refusal_of({house.endpoint(), "stranger", 0}), "stream_unknown_subscriber");
  EXPECT_EQ(refusal_of({house.endpoint(), "known", 6}), "stream_beyond_head");
  const std::string own = subscribe(house, "known").stream_id();
  EXPECT_EQ(own.size(), 16u);
  EXPECT_EQ(refusal_of({house.endpoint(), "known", 3, 256, own}), "");
  EXPECT_EQ(refusal_of({house.endpoint(), "known", 3, 256, "0123456789abcdef"}), "stream_foreign");
}

TEST_F(StreamTest, says_gone_with_the_oldest_number_and_leaves_no_gap) {
  StreamHouse house({named("slow")});
  house.append(20);
  house.start();
  Subscriber slow = subscribe(house, "slow", 2);
  ASSERT_TRUE(house.journal().commit({journal::DropEvents{10}}, kTime));
  house.append(1);  // so that the publisher looks
  const auto gone = Subscriber::connect({house.endpoint(), "slow", 0}, kPatienceMs);
  ASSERT_FALSE(gone);
  EXPECT_EQ(gone.error().reason, "stream_gone");
  EXPECT_THAT(gone.error().message, testing::HasSubstr("11"));
  Subscriber again = subscribe(house, "slow", 10);
  EXPECT_EQ(numbers_until(again, 21).size(), 11u);
}

TEST_F(StreamTest, one_that_was_never_here_begins_with_the_oldest_event_that_is_kept) {
  StreamHouse house({named("new"), named("absent")});
  house.append(20);
  ASSERT_TRUE(
      house.journal().commit({journal::DropEvents{10}, journal::LoseEvents{"absent", 10}}, kTime));
  house.start();
  auto fresh = Subscriber::connect({house.endpoint(), "new", std::nullopt, 100}, kPatienceMs);
  ASSERT_TRUE(fresh) << fresh.error().message;
  EXPECT_EQ(fresh->position(), 10u);
  EXPECT_EQ(numbers_until(*fresh, 20).size(), 10u);
  EXPECT_EQ(refusal_of({house.endpoint(), "absent", std::nullopt}), "stream_gone")
      << "what one has lost is not passed over in silence";
}

TEST_F(StreamTest, one_that_a_person_moves_while_it_is_connected_goes_on_where_it_was_moved_to) {
  StreamHouse house({named("zaken"), named("other")});
  house.append(20);
  house.start();
  house.start_clerk();
  Subscriber other = subscribe(house, "other");
  EXPECT_EQ(numbers_until(other, 20).size(), 20u);
  Subscriber zaken = subscribe(house, "zaken");
  EXPECT_EQ(numbers_until(zaken, 20).size(), 20u);
  ASSERT_TRUE(zaken.commit(20, kPatienceMs));

  house.move("zaken", 5);
  const auto told = zaken.next(kPatienceMs);
  ASSERT_FALSE(told) << "it waits for events and would never ask";
  EXPECT_EQ(told.error().reason, "stream_moved");
  const auto refused = zaken.commit(20, kPatienceMs);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason, "stream_moved");

  auto again = Subscriber::connect({house.endpoint(), "zaken", std::nullopt, 100}, kPatienceMs);
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(again->position(), 5u);
  EXPECT_EQ(numbers_until(*again, 20).size(), 15u);
  EXPECT_TRUE(again->commit(20, kPatienceMs));
  EXPECT_TRUE(other.commit(20, kPatienceMs)) << "nobody else is disturbed";
}

TEST_F(StreamTest, one_that_a_person_moves_while_the_publisher_is_away_goes_on_from_there_too) {
  StreamHouse house({named("zaken")});
  house.append(20);
  house.start();
  house.start_clerk();
  Subscriber reading = subscribe(house, "zaken");
  EXPECT_EQ(numbers_until(reading, 20).size(), 20u);
  Subscriber committing = subscribe(house, "zaken");
  ASSERT_TRUE(committing.commit(20, kPatienceMs));

  house.kill();
  house.move("zaken", 5);
  house.start();
  const auto refused = committing.commit(20, kPatienceMs);
  ASSERT_FALSE(refused) << "the first that a new publisher hears of it";
  EXPECT_EQ(refused.error().reason, "stream_moved");
  const auto told = reading.next(kPatienceMs);
  ASSERT_FALSE(told);
  EXPECT_EQ(told.error().reason, "stream_moved");
  auto again = Subscriber::connect({house.endpoint(), "zaken", std::nullopt, 100}, kPatienceMs);
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(numbers_until(*again, 20).size(), 15u);
  EXPECT_TRUE(again->commit(20, kPatienceMs));
  house.kill();
  house.start();
  EXPECT_TRUE(again->commit(20, kPatienceMs)) << "it has gone on: nothing is asked of it again";
}

TEST_F(StreamTest, a_flood_of_questions_harms_neither_the_publisher_nor_the_others) {
  StreamHouse house({named("flood"), named("calm")});
  house.append(5000, "\"fullText\": \"" + std::string(4000, 'x') + "\"");
  house.start();
  Subscriber calm = subscribe(house, "calm");
  const std::size_t before = resident_kib(house.pid());
  Dealer flood(house.endpoint());
  for (int n = 0; n < 20'000; ++n)
    flood.say(MessageType::fetch, {{"name", "flood"}, {"after", 0}, {"credit", 1'000'000}});
  EXPECT_EQ(numbers_until(calm, 5000).size(), 5000u);
  if (kIsSanitized) return;
  EXPECT_LT(resident_kib(house.pid()) - before, 64u << 10);
}

TEST_F(StreamTest, what_it_cannot_read_and_what_it_does_not_know_is_counted_for_all_to_see) {
  StreamHouse house;
  house.start();
  const auto is_noted = [file = note_file(house.folder() / "run")](const StreamNote& wanted) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (read_note(file) != wanted)
      if (::poll(nullptr, 0, 20) != 0 || std::chrono::steady_clock::now() > deadline) return false;
    return true;
  };
  EXPECT_TRUE(is_noted({})) << "also while there is nothing to tell";
  Dealer dealer(house.endpoint());
  wire::Message right;
  right.type = MessageType::subscribe;
  right.body = {{"name", "test"}};
  const wire::Frames frames = wire::encode(right).value();
  wire::Frames of_another_version = frames;
  of_another_version[0][3] = 99;
  wire::Frames of_unknown_type = frames;
  of_unknown_type[0][4] = 99;
  EXPECT_TRUE(dealer.say(of_another_version));
  EXPECT_TRUE(dealer.say(of_unknown_type));
  EXPECT_TRUE(dealer.say(MessageType::ready, json::object())) << "which is for a broker";
  EXPECT_TRUE(dealer.say(wire::Frames{frames[0], Bytes{'['}}));
  EXPECT_TRUE(is_noted({.malformed = 1, .unsupported = 3}));
  house.kill();
  house.start();
  EXPECT_TRUE(is_noted({})) << "it counts from its own start";
}

TEST_F(StreamTest, a_subscriber_killed_again_and_again_has_each_event_exactly_once) {
  StreamHouse house({named("inbox")});
  house.append(4000);
  house.start();
  const InboxCount count =
      killed_inbox(house.endpoint(), "inbox", house.folder() / "inbox.db", 4000, 20, 1);
  EXPECT_EQ(count.rows, 4000u);
  EXPECT_EQ(count.different, 4000u);
  EXPECT_TRUE(count.is_in_order);
}

TEST_F(StreamTest, tells_watchers_of_events_by_type_and_form) {
  StreamHouse house;
  house.append(2);
  house.start();
  zmq::context_t context;
  zmq::socket_t watcher(context, zmq::socket_type::sub);
  host::set_options(watcher, 1 << 16);
  watcher.set(zmq::sockopt::subscribe, "head");
  watcher.set(zmq::sockopt::subscribe, "nl.poststukken.formulier-gecorrigeerd");
  watcher.set(zmq::sockopt::rcvtimeo, kPatienceMs);
  watcher.connect(house.watch_endpoint());
  bool is_told = false;
  for (int n = 0; n < 100 && !is_told; ++n) {
    zmq::message_t topic, header, body;
    ASSERT_TRUE(watcher.recv(topic) && watcher.recv(header) && watcher.recv(body));
    const json told = json::parse(body.to_string_view());
    if (topic.to_string_view() == "head") {  // so we are heard: now something happens
      EXPECT_GE(told.at("seq"), 2);
      if (n == 0) house.append(1);
      continue;
    }
    EXPECT_EQ(topic.to_string_view(), "nl.poststukken.formulier-gecorrigeerd.v1 f");
    EXPECT_EQ(told.at("seq"), 3);
    is_told = true;
  }
  EXPECT_TRUE(is_told);
}

TEST(Subscriptions, want_a_key_that_only_we_can_read) {
  StreamHouse house;
  SubscriberSettings settings = named("zaken");
  settings.bsn = publish::BsnMode::pseudonym;
  settings.pseudonym_key = house.folder() / "key";
  const auto reason = [&] {
    const auto loaded = Subscriptions::load({0, 0, {settings}}, {});
    return loaded ? std::string() : loaded.error().message;
  };
  EXPECT_THAT(reason(), testing::HasSubstr("no such file"));
  std::ofstream(settings.pseudonym_key) << "short";
  EXPECT_THAT(reason(), testing::HasSubstr("others may read it"));
  std::filesystem::permissions(settings.pseudonym_key, std::filesystem::perms::owner_read |
                                                           std::filesystem::perms::owner_write);
  EXPECT_THAT(reason(), testing::HasSubstr("fewer than 32"));
  std::ofstream(settings.pseudonym_key) << std::string(32, 'k');
  EXPECT_EQ(reason(), "");
}

}  // namespace
}  // namespace postkamer::publisher
