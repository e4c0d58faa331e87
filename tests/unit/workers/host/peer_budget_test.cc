// SPDX-License-Identifier: EUPL-1.2
#include "workers/host/peer_budget.h"

#include <gtest/gtest.h>

namespace postkamer::host {
namespace {

using Verdict = PeerBudgets::Verdict;

constexpr std::int64_t kMinute = 60'000;

TEST(PeerBudgets, ten_offences_a_minute_are_borne_with_and_the_next_one_is_not) {
  PeerBudgets budgets;
  std::int64_t now = 1'000;
  for (int minute = 0; minute < 3; ++minute, now += kMinute)
    for (int n = 0; n < 10; ++n)
      EXPECT_FALSE(budgets.on_unread(ErrorCode::invalid_document, "a", now));
  now -= kMinute;
  EXPECT_EQ(budgets.on_message("a", now), Verdict::welcome);
  EXPECT_TRUE(budgets.on_unread(ErrorCode::invalid_document, "a", now));
  EXPECT_EQ(budgets.on_message("a", now), Verdict::ignored);
  EXPECT_EQ(budgets.on_message("b", now), Verdict::welcome);
  EXPECT_EQ(budgets.ignored_peers(now), 1);
  EXPECT_EQ(budgets.counts().malformed, 31u);
  EXPECT_EQ(budgets.counts().ignored, 1u);
}

TEST(PeerBudgets, what_only_another_version_would_know_is_counted_and_no_offence) {
  PeerBudgets budgets({.offences = 0});
  for (int n = 0; n < 3; ++n) EXPECT_FALSE(budgets.on_unread(ErrorCode::unsupported, "a", n));
  EXPECT_EQ(budgets.on_message("a", 3), Verdict::welcome);
  EXPECT_EQ(budgets.counts().unsupported, 3u);
  EXPECT_EQ(budgets.counts().malformed, 0u);
}

TEST(PeerBudgets, the_one_who_is_ignored_is_heard_again_later) {
  PeerBudgets budgets({.offences = 1, .ignored_ms = 5'000});
  budgets.on_refused("a", 0);
  EXPECT_TRUE(budgets.on_refused("a", 10));
  EXPECT_EQ(budgets.on_message("a", 5'009), Verdict::ignored);
  EXPECT_EQ(budgets.on_message("a", 5'010), Verdict::welcome);
  EXPECT_FALSE(budgets.on_refused("a", 5'010));
}

TEST(PeerBudgets, a_flood_is_told_so_and_the_rate_is_welcome) {
  PeerBudgets budgets({.messages_a_second = 100});
  int welcome = 0;
  for (int n = 0; n < 1'000; ++n) welcome += budgets.on_message("a", 0) == Verdict::welcome ? 1 : 0;
  EXPECT_EQ(welcome, 200) << "twice the rate at once";
  EXPECT_EQ(budgets.counts().flooding, 800u);
  for (std::int64_t now = 10; now < 10'000; now += 10)
    EXPECT_EQ(budgets.on_message("a", now), Verdict::welcome) << now;
}

TEST(PeerBudgets, remembers_no_more_peers_than_it_may) {
  PeerBudgets budgets({.offences = 0, .peers = 3});
  EXPECT_TRUE(budgets.on_unread(ErrorCode::invalid_document, "worst", 0));
  for (int n = 1; n <= 100; ++n) budgets.on_message("peer " + std::to_string(n), n);
  EXPECT_LE(budgets.ignored_peers(101), 1);
}

TEST(RefusalNotes, tell_each_thing_once_a_minute_and_not_too_many_things) {
  RefusalNotes notes;
  EXPECT_TRUE(notes.is_news("a", 0));
  EXPECT_FALSE(notes.is_news("a", kMinute - 1));
  EXPECT_TRUE(notes.is_news("b", kMinute - 1));
  EXPECT_TRUE(notes.is_news("a", kMinute));
  int told = 0;
  for (int n = 0; n < 1'000; ++n) told += notes.is_news(std::to_string(n), kMinute) ? 1 : 0;
  EXPECT_LT(told, 100);
}

}  // namespace
}  // namespace postkamer::host
