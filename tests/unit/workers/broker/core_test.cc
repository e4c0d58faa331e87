// SPDX-License-Identifier: EUPL-1.2
#include "workers/broker/core.h"

#include <gtest/gtest.h>

#include "tests/unit/workers/broker/core_house.h"

namespace postkamer::broker {
namespace {

using flow::JobKind;
using journal::BatchState;
using journal::DocumentState;
using wire::MessageType;

Error error_of(ErrorCode code, const char* reason) { return {code, reason, "in a test"}; }

TEST(Core, a_file_becomes_a_record_and_its_batch_closes) {
  CoreHouse house;
  const std::string batch = house.open();
  house.submit(batch, "kkbku");
  house.close(batch);
  house.ready("w");
  house.answer_all();
  EXPECT_EQ(house.state(batch), BatchState::closed);
  const journal::Ledger ledger = house.ledger(batch);
  EXPECT_TRUE(ledger.balanced);
  EXPECT_EQ(ledger.pages, 5);
  EXPECT_EQ(ledger.pages_in_documents, 4);
  EXPECT_EQ(ledger.blanks, 1);
  EXPECT_EQ(ledger.published, 1);
  EXPECT_EQ(house.event_keys(), std::vector<std::string>{"PK-20261123B1-0001-01.r1"});
}

TEST(Core, a_subscriber_does_not_undo_where_a_person_has_moved_it) {
  CoreHouse house;
  const auto commit = [&](std::uint64_t to, const std::string& person, std::uint64_t since) {
    const auto out = house.step(CommitCursor{"asker", "zaken", to, person, since});
    const auto& body = std::get<Answer>(out.front()).body;
    return body ? std::string() : body.error().reason;
  };
  const auto position = [&] { return house.journal().reader().cursor("zaken").value()->sequence; };
  EXPECT_EQ(commit(8, "", 0), "");
  EXPECT_EQ(commit(3, "anna", 0), "");
  EXPECT_EQ(commit(9, "", 8), "stream_moved") << "it was under way when she did";
  house.restart();
  EXPECT_EQ(commit(9, "", 8), "stream_moved") << "a new broker knows it too";
  EXPECT_EQ(position(), 3u);
  EXPECT_EQ(commit(4, "", 3), "") << "it goes on from there";
  EXPECT_EQ(commit(5, "", 4), "");
  EXPECT_EQ(position(), 5u);
}

TEST(Core, a_page_of_a_known_form_is_never_read_in_full) {
  CoreHouse house;
  const std::string batch = house.open();
  house.submit(batch, "k");
  house.ready("w", CoreHouse::every_kind(), 1);
  std::vector<JobKind> order;
  while (!house.tasks.empty()) {
    const SendTask task = house.tasks.front();
    house.tasks.pop_front();
    order.push_back(task.job.kind);
    house.answer(task);
  }
  const std::vector<JobKind> expected{JobKind::decode,  JobKind::deskew,   JobKind::classify,
                                      JobKind::extract, JobKind::assemble, JobKind::archive};
  EXPECT_EQ(order, expected);
}

TEST(Core, a_page_that_is_not_its_form_after_all_is_read_as_a_letter) {
  CoreHouse house;
  house.submit(house.open(), "m");
  house.ready("w", CoreHouse::every_kind(), 1);
  std::vector<JobKind> order;
  while (!house.tasks.empty()) {
    const SendTask task = house.tasks.front();
    house.tasks.pop_front();
    order.push_back(task.job.kind);
    house.answer(task);
  }
  const std::vector<JobKind> expected{JobKind::decode,  JobKind::deskew, JobKind::classify,
                                      JobKind::extract, JobKind::ocr,    JobKind::assemble,
                                      JobKind::archive};
  EXPECT_EQ(order, expected);
}

TEST(Core, never_more_tasks_than_credit) {
  CoreHouse house;
  const std::string batch = house.open();
  for (int copy = 0; copy < 10; ++copy) house.submit(batch, "k", copy);
  house.ready("w", {JobKind::decode}, 3);
  EXPECT_EQ(house.tasks.size(), 3u);
  house.answer(*house.take(JobKind::decode));
  EXPECT_EQ(house.tasks.size(), 3u);
}

TEST(Core, work_is_spread_over_workers) {
  CoreHouse house;
  const std::string batch = house.open();
  for (int copy = 0; copy < 4; ++copy) house.submit(batch, "k", copy);
  house.ready("a", {JobKind::archive}, 2);
  house.ready("b", {JobKind::decode}, 2);
  house.ready("c", {JobKind::decode}, 2);
  house.answer(*house.take(JobKind::decode));
  int b = 0;
  for (const SendTask& task : house.tasks) b += task.worker == "b" ? 1 : 0;
  EXPECT_GE(b, 1);
  EXPECT_LE(b, 2);
}

// The worker falls silent in the midst of the first task it was sent.
void die(CoreHouse& house) {
  const SendTask running = house.tasks.front();
  house.tasks.clear();
  house.step(Started{running.worker, running.claim});
  for (int second = 0; second < 5; ++second) {
    house.pass(1000);
    house.step(Tick{});
  }
}

TEST(Core, a_silent_worker_loses_its_work_and_nothing_counts_as_failed_while_it_held_several) {
  CoreHouse house;
  const std::string batch = house.open();
  house.submit(batch, "k", 0);
  house.submit(batch, "k", 1);
  house.ready("w", {JobKind::decode}, 2);
  const SendTask waiting = house.tasks[1];
  die(house);
  house.ready("v", {JobKind::decode}, 2);
  ASSERT_EQ(house.tasks.size(), 2u);
  for (const SendTask& task : house.tasks) {
    EXPECT_EQ(task.worker, "v");
    EXPECT_EQ(task.job.attempt, 2);
    EXPECT_EQ(task.job.failed, 0) << "the answer to what was begun may have died with the worker";
  }
  EXPECT_NE(signal_of(house.answer(waiting), MessageType::stale), nullptr);
}

TEST(Core, a_worker_that_falls_silent_over_its_only_job_counts_as_a_failure_of_it) {
  CoreHouse house;
  house.submit(house.open(), "k");
  house.ready("w", {JobKind::decode}, 2);
  die(house);
  house.ready("v", {JobKind::decode}, 2);
  ASSERT_EQ(house.tasks.size(), 1u);
  EXPECT_EQ(house.tasks.front().job.failed, 1);
}

TEST(Core, a_job_that_workers_die_of_again_and_again_counts_as_failed_among_others_too) {
  CoreHouse house;
  const std::string batch = house.open();
  house.submit(batch, "k", 0);
  house.submit(batch, "k", 1);
  const auto begun = [&] { return house.tasks.front().job; };
  house.ready("0", {JobKind::decode}, 2);
  const journal::Id poison = begun().id;
  for (int death = 1; death <= kMaxLostAmongOthers + 1; ++death) {
    if (begun().id != poison) std::swap(house.tasks[0], house.tasks[1]);
    die(house);
    house.ready(std::to_string(death), {JobKind::decode}, 2);
    ASSERT_EQ(house.tasks.size(), 2u);
    for (const SendTask& task : house.tasks)
      EXPECT_EQ(task.job.failed, task.job.id == poison && death > kMaxLostAmongOthers ? 1 : 0)
          << death;
  }
}

TEST(Core, pings_keep_a_lease_and_a_pause_of_the_broker_costs_nobody_work) {
  CoreHouse house;
  house.submit(house.open(), "k");
  house.ready("w", {JobKind::decode}, 1);
  const SendTask task = house.tasks.front();
  for (int second = 0; second < 20; ++second) {
    house.pass(1000);
    house.step(Ping{"w", {task.claim}});
    house.step(Tick{});
  }
  house.pass(3'600'000);
  house.step(Tick{});
  EXPECT_TRUE(house.core().is_current(task.claim));
}

TEST(Core, a_task_that_never_arrived_is_sent_again) {
  CoreHouse house;
  house.submit(house.open(), "k");
  house.ready("w", {JobKind::decode}, 1);
  const SendTask lost = house.tasks.front();
  house.tasks.clear();
  for (int second = 0; second < 6; ++second) {
    house.pass(1000);
    house.step(Ping{"w", {}});
    house.step(Tick{});
  }
  ASSERT_EQ(house.tasks.size(), 1u);
  EXPECT_EQ(house.tasks.front().job.id, lost.job.id);
  EXPECT_EQ(house.tasks.front().job.failed, 0);
}

TEST(Core, an_answer_with_an_old_token_changes_nothing) {
  CoreHouse house;
  const std::string batch = house.open();
  house.submit(batch, "k");
  house.ready("w", {JobKind::decode}, 1);
  SendTask task = house.tasks.front();
  task.claim.token ^= 1;
  EXPECT_NE(signal_of(house.answer(task), MessageType::stale), nullptr);
  EXPECT_EQ(house.ledger(batch).pages, 0);
}

TEST(Core, the_same_answer_twice_counts_once) {
  CoreHouse house;
  const std::string batch = house.open();
  house.submit(batch, "kk");
  house.ready("w", {JobKind::decode}, 1);
  const SendTask task = *house.take(JobKind::decode);
  EXPECT_NE(signal_of(house.answer(task), MessageType::ack), nullptr);
  EXPECT_NE(signal_of(house.step(Finished{"w", task.claim, DecodedDigest{2, {}, "[]"}}),
                      MessageType::stale),
            nullptr);
  EXPECT_EQ(house.ledger(batch).pages, 2);
}

TEST(Core, a_page_that_no_worker_survives_goes_into_quarantine_and_its_neighbours_go_on) {
  CoreHouse house;
  const std::string batch = house.open();
  house.submit(batch, "kk");
  house.close(batch);
  house.ready("w", CoreHouse::every_kind(), 1);
  int failures = 0;
  while (!house.tasks.empty()) {
    const SendTask task = house.tasks.front();
    house.tasks.pop_front();
    if (task.job.kind == JobKind::deskew && task.job.page == 1) {
      ++failures;
      house.step(Started{task.worker, task.claim});
      house.step(Failed{task.worker, task.claim, error_of(ErrorCode::internal, "crash")});
    } else {
      house.answer(task);
    }
  }
  EXPECT_EQ(failures, kMaxFailures);
  EXPECT_EQ(house.state(batch), BatchState::closed);
  const journal::Ledger ledger = house.ledger(batch);
  EXPECT_EQ(ledger.quarantined, 1);
  EXPECT_EQ(ledger.pages_in_documents, 1);
  EXPECT_EQ(ledger.documents, 1);
}

TEST(Core, a_failed_job_goes_to_another_worker_where_there_is_one) {
  CoreHouse house;
  house.submit(house.open(), "k");
  house.ready("a", {JobKind::decode}, 1);
  house.ready("b", {JobKind::decode}, 1);
  const SendTask first = *house.take(JobKind::decode);
  house.step(Failed{first.worker, first.claim, error_of(ErrorCode::internal, "crash")});
  ASSERT_EQ(house.tasks.size(), 1u);
  EXPECT_NE(house.tasks.front().worker, first.worker);
}

TEST(Core, a_file_that_cannot_be_a_scan_is_rejected_at_once_with_its_reason) {
  CoreHouse house;
  const std::string batch = house.open();
  house.submit(batch, "k");
  house.close(batch);
  house.ready("w");
  const SendTask task = *house.take(JobKind::decode);
  house.step(Failed{"w", task.claim, error_of(ErrorCode::invalid_document, "scan_truncated")});
  EXPECT_TRUE(house.tasks.empty());
  EXPECT_EQ(house.state(batch), BatchState::closed);
  EXPECT_EQ(house.ledger(batch).files_rejected, 1);
  EXPECT_EQ(house.journal().reader().scan(1)->value().reason, "scan_truncated");
}

TEST(Core, a_file_rejected_halfway_takes_the_work_on_its_pages_with_it) {
  CoreHouse house;
  const std::string batch = house.open();
  house.submit(batch, "kkkk");  // more pages than one decode gives
  house.close(batch);
  house.ready("w", CoreHouse::every_kind(), 4);
  house.answer(*house.take(JobKind::decode));
  const SendTask page = *house.take(JobKind::deskew);
  const SendTask rest = *house.take(JobKind::decode);
  house.step(Failed{"w", rest.claim, error_of(ErrorCode::invalid_document, "scan_truncated")});
  EXPECT_NE(signal_of(house.answer(page), MessageType::stale), nullptr);
  EXPECT_EQ(house.state(batch), BatchState::closed);
  EXPECT_TRUE(house.journal().reader().snapshot()->jobs.empty());
}

TEST(Core, not_now_is_no_failure_and_is_asked_again_later) {
  CoreHouse house;
  house.submit(house.open(), "k");
  house.ready("w");
  const SendTask task = *house.take(JobKind::decode);
  house.step(Failed{"w", task.claim, error_of(ErrorCode::unavailable, "no_memory_now")});
  EXPECT_TRUE(house.tasks.empty());
  house.pass(900);
  house.step(Tick{});
  ASSERT_EQ(house.tasks.size(), 1u);
  EXPECT_EQ(house.tasks.front().job.failed, 0);
}

TEST(Core, an_answer_that_is_nonsense_counts_as_a_failure) {
  CoreHouse house;
  const std::string batch = house.open();
  house.submit(batch, "k");
  house.ready("w");
  for (int round = 0; round < kMaxFailures; ++round) {
    const SendTask task = *house.take(JobKind::decode);
    house.step(Finished{"w", task.claim, DecodedDigest{5, {}, "[]"}});
  }
  EXPECT_EQ(house.ledger(batch).files_rejected, 1);
  EXPECT_EQ(house.journal().reader().scan(1)->value().reason, "worker_nonsense");
}

TEST(Core, a_document_no_worker_can_assemble_waits_for_a_person) {
  CoreHouse house;
  const std::string batch = house.open();
  house.submit(batch, "k");
  house.close(batch);
  house.ready("w", CoreHouse::every_kind(), 1);
  while (!house.tasks.empty()) {
    const SendTask task = house.tasks.front();
    house.tasks.pop_front();
    if (task.job.kind == JobKind::assemble)
      house.step(Failed{"w", task.claim, error_of(ErrorCode::internal, "crash")});
    else
      house.answer(task);
  }
  EXPECT_EQ(house.ledger(batch).review, 1);
  EXPECT_TRUE(house.event_keys().empty());
  EXPECT_EQ(house.state(batch), BatchState::closed);
}

TEST(Core, a_failed_archive_copy_holds_nothing_up_and_is_told) {
  CoreHouse house;
  const std::string batch = house.open();
  house.submit(batch, "k");
  house.close(batch);
  house.ready("w", CoreHouse::every_kind(), 1);
  while (!house.tasks.empty()) {
    const SendTask task = house.tasks.front();
    house.tasks.pop_front();
    if (task.job.kind == JobKind::archive)
      house.step(Failed{"w", task.claim, error_of(ErrorCode::unsupported, "archive_picture")});
    else
      house.answer(task);
  }
  EXPECT_EQ(house.state(batch), BatchState::closed);
  EXPECT_EQ(house.ledger(batch).without_archive_copy, 1);
  EXPECT_EQ(house.event_keys().size(), 1u);
}

TEST(Core, after_a_restart_work_goes_on_and_a_worker_keeps_what_it_holds) {
  CoreHouse house;
  const std::string batch = house.open();
  house.submit(batch, "kk");
  house.close(batch);
  house.ready("w", CoreHouse::every_kind(), 1);
  const SendTask held = house.tasks.front();
  house.restart();
  EXPECT_NE(signal_of(house.step(Ping{"w2", {held.claim}}), MessageType::who), nullptr);
  house.ready("w2", CoreHouse::every_kind(), 1);
  house.step(Ping{"w2", {held.claim}});
  EXPECT_TRUE(house.tasks.empty());
  SendTask task = held;
  task.worker = "w2";
  EXPECT_NE(signal_of(house.answer(task), MessageType::ack), nullptr);
  house.answer_all();
  EXPECT_EQ(house.state(batch), BatchState::closed);
  EXPECT_EQ(house.event_keys().size(), 1u);
}

TEST(Core, after_a_restart_what_nobody_speaks_for_is_given_out_again) {
  CoreHouse house;
  house.submit(house.open(), "k");
  house.ready("w", {JobKind::decode}, 1);
  house.restart();
  house.ready("v", {JobKind::decode}, 1);
  EXPECT_TRUE(house.tasks.empty());
  for (int second = 0; second < 5; ++second) {
    house.pass(1000);
    house.step(Ping{"v", {}});
    house.step(Tick{});
  }
  ASSERT_EQ(house.tasks.size(), 1u);
  EXPECT_EQ(house.tasks.front().job.failed, 0);
}

}  // namespace
}  // namespace postkamer::broker
