// SPDX-License-Identifier: EUPL-1.2
#include "workers/broker/retention.h"

#include <gtest/gtest.h>

namespace postkamer::broker {
namespace {

using journal::DropEvents;
using journal::LoseEvents;

StreamState state_of(std::uint64_t past_keep, std::uint64_t past_wait,
                     std::vector<journal::CursorRow> cursors) {
  return {100, 11, past_keep, past_wait, std::move(cursors)};
}

std::uint64_t dropped(const journal::Operations& operations) {
  return operations.empty() ? 0 : std::get<DropEvents>(operations.front()).up_to;
}

std::vector<std::string> losers(const journal::Operations& operations) {
  std::vector<std::string> names;
  for (const auto& operation : operations)
    if (const auto* lose = std::get_if<LoseEvents>(&operation))
      names.push_back(lose->subscriber + ":" + std::to_string(lose->count));
  return names;
}

TEST(Retention, drops_what_is_old_and_everybody_has) {
  const auto operations = retention_of(state_of(50, 0, {{"a", 90, 0}, {"b", 40, 0}}));
  EXPECT_EQ(dropped(operations), 40u) << "b has not got further";
  EXPECT_TRUE(losers(operations).empty());
  EXPECT_EQ(dropped(retention_of(state_of(50, 0, {}))), 50u) << "nobody is waited for";
}

TEST(Retention, waits_for_a_slow_subscriber_until_the_limit_and_then_names_it) {
  EXPECT_TRUE(retention_of(state_of(50, 0, {{"absent", 0, 0}})).empty());
  const auto operations =
      retention_of(state_of(50, 30, {{"a", 90, 0}, {"absent", 5, 5}, {"slow", 25, 0}}));
  EXPECT_EQ(dropped(operations), 30u);
  EXPECT_EQ(losers(operations), (std::vector<std::string>{"absent:20", "slow:5"}))
      << "of the absent one 6 to 10 were counted when they were dropped";
}

TEST(Retention, never_drops_twice_or_beyond_the_head) {
  EXPECT_TRUE(retention_of(state_of(10, 10, {{"a", 90, 0}})).empty());
  EXPECT_EQ(dropped(retention_of(state_of(100, 100, {{"a", 100, 0}}))), 100u);
}

TEST(Retention, counts_days_back_as_events_write_their_time) {
  EXPECT_EQ(days_before(1'700'000'000, 0), "2023-11-14T22:13:20.000Z");
  EXPECT_EQ(days_before(1'700'000'000, 14), "2023-10-31T22:13:20.000Z");
}

TEST(Retention, forgets_nothing_by_a_clock_that_is_far_from_what_was_last_believed) {
  constexpr std::int64_t kNow = 1'700'000'000;
  constexpr std::int64_t kDay = 86'400;
  const auto is_doubtful = [](std::int64_t now) { return is_doubtful_clock(kNow, now, 31); };
  EXPECT_FALSE(is_doubtful(kNow + kDay));
  EXPECT_FALSE(is_doubtful(kNow - 60)) << "it may be set back a little";
  EXPECT_TRUE(is_doubtful(0)) << "a machine that began in 1970";
  EXPECT_FALSE(is_doubtful(kNow + 30 * kDay)) << "a mailroom that was closed";
  EXPECT_TRUE(is_doubtful(kNow + 32 * kDay));
  EXPECT_FALSE(is_doubtful_clock(0, kNow, 31)) << "a new mailroom has nothing to lose";
}

}  // namespace
}  // namespace postkamer::broker
