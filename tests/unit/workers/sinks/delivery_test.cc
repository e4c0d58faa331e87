// SPDX-License-Identifier: EUPL-1.2
#include "workers/sinks/delivery.h"

#include <random>
#include <set>

#include <gmock/gmock.h>

namespace postkamer::sinks {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using Step = Delivery::Step::Kind;
using Change = Delivery::Change::Kind;

constexpr Moment kStart{1'800'000'000s};
const Outcome kDelivered{};
const Outcome kRefused{Outcome::Kind::refused, "sink_refused", "HTTP 500", {}};
const Outcome kUnreachable{Outcome::Kind::unreachable, "sink_unreachable", "", {}};

TEST(BackOff, is_that_of_open_notificaties) {
  std::vector<std::int64_t> seconds;
  for (int failures = 0; failures < 8; ++failures) seconds.push_back(back_off(failures, 1s) / 1s);
  EXPECT_THAT(seconds, ElementsAre(25, 100, 400, 1'600, 6'400, 25'600, 52'000, 52'000));
  EXPECT_EQ(back_off(1'000'000'000, 1ms), 52s) << "no overflow, however often it failed";
}

TEST(Delivery, an_event_that_fails_holds_only_its_own_document) {
  Delivery delivery({}, {}, kStart);
  EXPECT_EQ(delivery.next(kStart).kind, Step::take);
  EXPECT_EQ(delivery.settle(1, "a", kRefused, kStart).kind, Change::held);
  EXPECT_FALSE(delivery.is_behind(2, "b"));
  EXPECT_TRUE(delivery.is_behind(3, "a"));
  EXPECT_EQ(delivery.hold_behind(3, "a").held.reason, "sink_behind");
  EXPECT_EQ(delivery.next(kStart + 24s).kind, Step::take);

  const auto step = delivery.next(kStart + 25s);
  EXPECT_EQ(step.kind, Step::retry);
  EXPECT_EQ(step.sequence, 1u);
  EXPECT_EQ(delivery.settle(1, "a", kDelivered, kStart + 25s).kind, Change::done);
  EXPECT_EQ(delivery.next(kStart + 25s).sequence, 3u) << "what was behind it follows at once";
  EXPECT_EQ(delivery.settle(3, "a", kDelivered, kStart + 25s).kind, Change::done);
  EXPECT_THAT(delivery.held(), IsEmpty());
}

TEST(Delivery, after_seven_retries_an_event_is_parked_and_nothing_of_its_document_overtakes_it) {
  Delivery delivery({}, {}, kStart);
  Moment now = kStart;
  delivery.settle(1, "a", kRefused, now);
  delivery.hold_behind(2, "a");
  for (int retry = 1; retry <= 7; ++retry) {
    const Moment until = delivery.next(now).until;
    EXPECT_EQ(until - now, back_off(retry - 1, 1s));
    now = until;
    ASSERT_EQ(delivery.next(now).sequence, 1u);
    delivery.settle(1, "a", kRefused, now);
  }
  EXPECT_TRUE(delivery.held().at(1).parked);
  EXPECT_EQ(delivery.held().at(1).attempts, 8);
  EXPECT_EQ(now - kStart, 86'125s) << "about a day";
  EXPECT_EQ(delivery.next(now + 1'000h).kind, Step::take) << "tried no more";
  EXPECT_TRUE(delivery.is_behind(9, "a"));

  const auto again = delivery.send_again(now);
  ASSERT_EQ(again.size(), 2u);
  EXPECT_FALSE(again.front().parked);
  EXPECT_EQ(delivery.next(now).sequence, 1u) << "in their order";
}

TEST(Delivery, an_event_that_is_let_go_lets_the_next_of_its_document_pass) {
  Delivery delivery({.retries = 0}, {}, kStart);
  delivery.settle(1, "a", kRefused, kStart);
  delivery.hold_behind(2, "a");
  EXPECT_EQ(delivery.next(kStart).kind, Step::take);
  EXPECT_FALSE(delivery.let_go(7));
  EXPECT_TRUE(delivery.let_go(1));
  EXPECT_EQ(delivery.next(kStart).sequence, 2u);
}

TEST(Delivery, nothing_else_is_tried_while_the_receiver_cannot_be_reached) {
  Delivery delivery({}, {}, kStart);
  delivery.settle(1, "a", kRefused, kStart);
  delivery.settle(2, "b", kUnreachable, kStart + 1s);
  EXPECT_EQ(delivery.next(kStart + 25s).kind, Step::wait) << "not even what is due";
  EXPECT_EQ(delivery.next(kStart + 25s).until, kStart + 26s);
  EXPECT_EQ(delivery.pause_reason(), "sink_unreachable");
  EXPECT_EQ(delivery.next(kStart + 26s).kind, Step::retry);
}

TEST(Delivery, who_asks_for_time_gets_it_but_no_more_than_our_own_longest_wait) {
  const auto later = [](Millis wait) {
    return Outcome{Outcome::Kind::later, "sink_busy", "HTTP 429", wait};
  };
  Delivery delivery({}, {}, kStart);
  delivery.settle(1, "a", later(60s), kStart);
  EXPECT_EQ(delivery.next(kStart).until, kStart + 60s);
  EXPECT_EQ(delivery.next(kStart + 60s).sequence, 1u);
  delivery.settle(1, "a", later(10'000h), kStart + 60s);
  EXPECT_EQ(delivery.next(kStart + 60s).until, kStart + 60s + 52'000s);
}

TEST(Delivery, a_receiver_that_is_there_again_gets_what_waited_only_for_it) {
  Delivery delivery({}, {}, kStart);
  for (std::uint64_t n = 1; n <= 3; ++n) {
    const std::string document(1, static_cast<char>('a' + n));
    delivery.settle(n, document, kUnreachable, kStart);
  }
  ASSERT_EQ(delivery.next(kStart + 25s).sequence, 1u);
  delivery.settle(1, "b", kDelivered, kStart + 25s);
  EXPECT_EQ(delivery.next(kStart + 25s).sequence, 2u);
}

TEST(Delivery, takes_nothing_new_while_too_much_waits) {
  Delivery delivery({.most_waiting = 2, .most_held = 3}, {}, kStart);
  delivery.settle(1, "a", kRefused, kStart);
  delivery.settle(2, "b", kRefused, kStart);
  EXPECT_EQ(delivery.next(kStart).kind, Step::wait);
  EXPECT_EQ(delivery.next(kStart).until, kStart + 25s);

  Delivery full({.retries = 0, .most_held = 1}, {}, kStart);
  full.settle(1, "a", kRefused, kStart);
  EXPECT_TRUE(full.is_full());
  EXPECT_EQ(full.next(kStart + 100h).kind, Step::wait) << "parked events are a person's";
}

TEST(Delivery, stops_when_the_receiver_is_gone_and_forgets_nothing) {
  Delivery delivery({}, {}, kStart);
  delivery.settle(1, "a", kRefused, kStart);
  const Outcome gone{Outcome::Kind::gone, "sink_gone", "HTTP 410", {}};
  EXPECT_EQ(delivery.settle(2, "b", gone, kStart).kind, Change::refused) << "stays at the stream";
  EXPECT_TRUE(delivery.is_stopped());
  EXPECT_EQ(delivery.next(kStart + 100h).kind, Step::wait);
  delivery.go_on();
  EXPECT_EQ(delivery.next(kStart + 100h).sequence, 1u);
}

TEST(Delivery, where_nothing_is_parked_a_failure_holds_up_the_stream) {
  Delivery delivery({.parks = false}, {}, kStart);
  Moment now = kStart;
  for (int n = 0; n < 20; ++n) {
    EXPECT_EQ(delivery.settle(1, "a", kUnreachable, now).kind, Change::refused);
    EXPECT_LE(delivery.next(now).until - now, 100s);
    now = delivery.next(now).until;
    EXPECT_EQ(delivery.next(now).kind, Step::take);
  }
  const Outcome impossible{Outcome::Kind::impossible, "sink_no_body", "", {}};
  const auto change = delivery.settle(1, "a", impossible, now);
  EXPECT_EQ(change.kind, Change::held);
  EXPECT_TRUE(change.held.parked) << "except what no patience can mend";
}

TEST(Delivery, goes_on_from_what_was_stored_even_when_the_clock_was_set_back) {
  const Held stored{4, "a", 3, kStart + 1h, false, "sink_refused", "HTTP 500"};
  Delivery delivery({}, {stored}, kStart);
  EXPECT_EQ(delivery.held().at(4), stored);
  Delivery earlier({}, {stored}, kStart - 1'000h);
  EXPECT_EQ(earlier.next(kStart - 1'000h).until, kStart - 1'000h + 52'000s);
}

// Any receiver, any crash: what comes out is the stream's events, each document in its order, and
// nothing is missing unless it is parked or behind what is.
TEST(Delivery, loses_nothing_and_keeps_every_documents_order_whatever_the_receiver_does) {
  for (unsigned seed = 1; seed <= 200; ++seed) {
    std::mt19937 random(seed);
    const auto dice = [&](unsigned sides) { return static_cast<unsigned>(random() % sides); };
    constexpr std::uint64_t kEvents = 60;
    std::vector<std::string> documents(kEvents + 1);
    for (auto& document : documents) document = std::string(1, static_cast<char>('a' + dice(6)));
    const Policy policy{.retries = 2, .most_waiting = 3, .most_held = 40};
    std::vector<Held> stored;
    std::vector<std::uint64_t> received;
    std::uint64_t cursor = 0;
    Moment now = kStart;
    auto delivery = std::make_unique<Delivery>(policy, stored, now);
    const auto store = [&](const Delivery::Change& change) {
      if (change.kind == Change::refused) return;
      std::erase_if(stored, [&](const Held& h) { return h.sequence == change.held.sequence; });
      if (change.kind == Change::held) stored.push_back(change.held);
    };
    for (int round = 0; round < 4'000; ++round) {
      if (dice(50) == 0) {  // killed: some of the last commits are lost too
        cursor -= std::min<std::uint64_t>(cursor, dice(3));
        delivery = std::make_unique<Delivery>(policy, stored, now);
      }
      const auto step = delivery->next(now);
      std::uint64_t sequence = step.sequence;
      if (step.kind == Step::wait || (step.kind == Step::take && cursor == kEvents)) {
        if (step.until == Moment::max()) break;
        now = step.until;
        continue;
      }
      if (step.kind == Step::take) {
        sequence = cursor + 1;
        if (delivery->is_behind(sequence, documents[sequence])) {
          store(delivery->hold_behind(sequence, documents[sequence]));
          ++cursor;
          continue;
        }
      }
      const unsigned luck = dice(10);
      const Outcome outcome = luck < 5 ? kDelivered : luck < 8 ? kRefused : kUnreachable;
      if (outcome.kind == Outcome::Kind::delivered) received.push_back(sequence);
      store(delivery->settle(sequence, documents[sequence], outcome, now));
      cursor = std::max(cursor, sequence);
      now += 1s;
    }
    std::set<std::uint64_t> seen;
    std::map<std::string, std::uint64_t> last;
    for (const std::uint64_t sequence : received) {
      if (!seen.insert(sequence).second) continue;  // a second time, after a crash
      EXPECT_GT(sequence, last[documents[sequence]]) << "seed " << seed;
      last[documents[sequence]] = sequence;
    }
    for (std::uint64_t sequence = 1; sequence <= cursor; ++sequence)
      EXPECT_TRUE(seen.contains(sequence) || delivery->held().contains(sequence))
          << "seed " << seed << ": event " << sequence;
  }
}

}  // namespace
}  // namespace postkamer::sinks
