// SPDX-License-Identifier: EUPL-1.2
//
// Workers that leave, hang, die at once, or find no room; and whose turn it is when many files
// wait.
#include <gmock/gmock.h>

#include "tests/unit/workers/broker/core_house.h"

namespace postkamer::broker {
namespace {

using flow::JobKind;
using journal::BatchState;
using wire::MessageType;

// Details of the audit rows of this kind.
std::vector<nlohmann::json> audited(CoreHouse& house, const std::string& what) {
  std::vector<nlohmann::json> details;
  const auto rows = house.journal().reader().audit_after(0, 10'000).value();
  for (const auto& row : rows)
    if (row.what == what) details.push_back(nlohmann::json::parse(row.detail));
  return details;
}

// A second in which the workers named ping with what they hold.
void second(CoreHouse& house, const std::vector<Ping>& pings) {
  house.pass(1000);
  for (const Ping& ping : pings) house.step(ping);
  house.step(Tick{});
}

TEST(CoreWorkers, a_small_file_overtakes_a_large_one_that_came_before_it) {
  CoreHouse house;
  house.submit(house.open(), std::string(90, 'k'));
  house.ready("decoder", {JobKind::decode});
  while (const auto task = house.take(JobKind::decode)) house.answer(*task);
  house.submit(house.open(), "k");
  house.answer(*house.take(JobKind::decode));
  house.ready("w", {JobKind::deskew});
  std::vector<journal::Id> scans;
  for (int n = 0; n < 3; ++n) {
    const SendTask task = *house.take(JobKind::deskew);
    scans.push_back(task.job.scan);
    house.answer(task);
  }
  EXPECT_THAT(scans, testing::ElementsAre(1, 2, 1));
}

TEST(CoreWorkers, one_that_leaves_gives_back_at_once_what_it_has_not_begun) {
  CoreHouse house;
  const std::string batch = house.open();
  house.submit(batch, "k", 0);
  house.submit(batch, "k", 1);
  house.ready("w", {JobKind::decode}, 2);
  const SendTask running = house.tasks.at(0);
  const SendTask waiting = house.tasks.at(1);
  house.tasks.clear();
  house.step(Started{"w", running.claim});
  house.step(Leaving{"w"});
  EXPECT_TRUE(house.core().is_current(running.claim));
  EXPECT_FALSE(house.core().is_current(waiting.claim));
  EXPECT_TRUE(house.tasks.empty()) << "nothing is given to one that leaves";
  house.ready("v", {JobKind::decode}, 2);
  ASSERT_EQ(house.tasks.size(), 1u);
  EXPECT_EQ(house.tasks.front().job.id, waiting.job.id);
  EXPECT_EQ(house.tasks.front().job.failed, 0);
  EXPECT_NE(signal_of(house.answer(running), MessageType::ack), nullptr);
  house.step(Bye{"w"});
  EXPECT_TRUE(audited(house, "job_failed").empty());
}

TEST(CoreWorkers, are_dismissed_by_a_drain_and_not_by_the_end_of_the_broker) {
  CoreHouse house;
  house.ready("w");
  EXPECT_EQ(signal_of(house.step(Drain{"", false}), MessageType::drain), nullptr);
  EXPECT_NE(signal_of(house.step(Drain{"c", true}), MessageType::drain), nullptr);
}

TEST(CoreWorkers, one_that_pings_and_does_nothing_loses_its_work) {
  CoreHouse house;
  house.submit(house.open(), "k");
  house.ready("w", {JobKind::decode});
  const SendTask task = *house.take(JobKind::decode);
  house.step(Started{"w", task.claim});
  const Ping ping{"w", {task.claim}};
  for (std::int64_t ms = 0; ms <= kStuckMs; ms += 1000) {
    ASSERT_TRUE(house.core().is_current(task.claim)) << ms;
    second(house, {ping});
  }
  second(house, {ping});
  EXPECT_FALSE(house.core().is_current(task.claim));
  ASSERT_EQ(audited(house, "job_failed").size(), 1u);
  EXPECT_EQ(audited(house, "job_failed").front().at("reason"), "worker_stuck");
}

TEST(CoreWorkers, one_with_a_long_queue_that_goes_on_is_not_stuck) {
  CoreHouse house;
  const std::string batch = house.open();
  for (int copy = 0; copy < 40; ++copy) house.submit(batch, "k", copy);
  house.ready("w", {JobKind::decode}, 40);
  while (const auto task = house.take(JobKind::decode)) {
    house.step(Started{"w", task->claim});
    Ping ping{"w", {task->claim}};
    for (const SendTask& held : house.tasks) ping.holding.push_back(held.claim);
    for (int n = 0; n < 30; ++n) second(house, {ping});
    EXPECT_NE(signal_of(house.answer(*task), MessageType::ack), nullptr);
  }
  EXPECT_TRUE(audited(house, "job_failed").empty());
}

TEST(CoreWorkers, one_that_dies_before_it_can_say_what_it_began_does_not_do_so_for_ever) {
  CoreHouse house;
  const std::string batch = house.open();
  house.submit(batch, "k");
  house.close(batch);
  int deaths = 0;
  for (; house.state(batch) != BatchState::closed && deaths < 100; ++deaths) {
    house.ready("w" + std::to_string(deaths), {JobKind::decode});
    ASSERT_TRUE(house.take(JobKind::decode));
    for (int n = 0; n < 5; ++n) second(house, {});
  }
  EXPECT_EQ(deaths, kMaxLost + kMaxFailures - 1);
  EXPECT_EQ(house.ledger(batch).files_rejected, 1);
}

TEST(CoreWorkers, every_failure_that_counts_is_in_the_audit_with_its_reason) {
  CoreHouse house;
  house.submit(house.open(), "kk");
  house.ready("w", CoreHouse::every_kind());
  house.answer(*house.take(JobKind::decode));
  while (const auto task = house.take(JobKind::deskew)) {
    if (task->job.page == 1) {
      house.answer(*task);
      continue;
    }
    house.step(Failed{"w", task->claim, {ErrorCode::internal, "crash", ""}});
  }
  std::vector<nlohmann::json> expected;
  for (int n = 1; n <= kMaxFailures; ++n)
    expected.push_back({{"job", "deskew"}, {"reason", "crash"}, {"failed", n}});
  EXPECT_EQ(audited(house, "job_failed"), expected);
  EXPECT_EQ(audited(house, "page_quarantined").size(), 1u);
}

TEST(CoreWorkers, a_full_disk_is_waited_for_however_long_it_takes) {
  CoreHouse house;
  const std::string batch = house.open();
  house.submit(batch, "k");
  house.close(batch);
  house.ready("w", CoreHouse::every_kind(), 1);
  int refusals = 0;
  const auto work = [&](bool is_full) {
    house.pass(500);
    house.step(Ping{"w", {}});
    house.step(Tick{});
    while (!house.tasks.empty()) {
      const SendTask task = house.tasks.front();
      house.tasks.pop_front();
      if (task.job.kind != JobKind::archive || !is_full) {
        house.answer(task);
        continue;
      }
      ++refusals;
      house.step(NoRoom{"w", task.claim});
    }
  };
  for (int i = 0; i < 300; ++i) work(true);
  EXPECT_GT(refusals, 50) << "far more often than anything else is borne with";
  EXPECT_LT(refusals, 100) << "with a pause in between";
  EXPECT_EQ(house.event_keys().size(), 1u) << "the record stays";
  EXPECT_EQ(house.state(batch), BatchState::closing) << "the document waits";
  for (int i = 0; i < 10; ++i) work(false);
  EXPECT_EQ(house.state(batch), BatchState::closed);
  EXPECT_EQ(house.ledger(batch).without_archive_copy, 0);
}

TEST(CoreWorkers, a_worker_that_says_its_disk_is_full_is_borne_with_no_longer_than_others) {
  for (const ErrorCode code : {ErrorCode::internal, ErrorCode::unavailable}) {
    CoreHouse house;
    const std::string batch = house.open();
    house.submit(batch, "k");
    house.close(batch);
    house.ready("w");
    for (int i = 0; i < 1000 && house.state(batch) != BatchState::closed; ++i) {
      house.pass(500);
      house.step(Ping{"w", {}});
      house.step(Tick{});
      while (const auto task = house.take(JobKind::decode))
        house.step(Failed{"w", task->claim, {code, "disk_full", "in a test"}});
    }
    EXPECT_EQ(house.ledger(batch).files_rejected, 1);
    EXPECT_EQ(house.journal().reader().scan(1)->value().reason, "disk_full");
  }
}

}  // namespace
}  // namespace postkamer::broker
