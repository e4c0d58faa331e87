// SPDX-License-Identifier: EUPL-1.2
//
// The core on batches: files, duplicates, closing, draining.
#include "workers/broker/core.h"

#include <gtest/gtest.h>

#include "tests/unit/workers/broker/core_house.h"

namespace postkamer::broker {
namespace {

using flow::JobKind;
using journal::BatchState;
using wire::MessageType;

TEST(CoreBatch, the_same_bytes_in_a_batch_are_one_scan_unless_they_are_meant_twice) {
  CoreHouse house;
  const std::string batch = house.open();
  EXPECT_EQ(house.submit(batch, "k").at("scan"), "S1");
  EXPECT_EQ(house.submit(batch, "k").at("scan"), "S1");
  EXPECT_EQ(house.submit(batch, "k").at("known"), true);
  EXPECT_EQ(house.submit(batch, "k", 1).at("scan"), "S2");
  EXPECT_EQ(house.ledger(batch).files, 2);
}

TEST(CoreBatch, bytes_of_another_batch_are_marked_as_a_possible_duplicate) {
  CoreHouse house;
  const std::string batch = house.open();
  house.step(Submit{"c", batch, "a.pdf", "k", 0, 10, "20260101B9"});
  const auto scan = house.journal().reader().scan(1)->value();
  EXPECT_NE(scan.findings.find("possible_duplicate"), std::string::npos);
}

TEST(CoreBatch, opening_a_batch_again_before_its_first_file_gives_the_same_one) {
  CoreHouse house;
  const OpenBatch in{"c", "post", "2026-11-23", "inbox:a:1", journal::PublishPolicy::settled, 0};
  const auto first = answer_of(house.step(in))->body->at("batch");
  EXPECT_EQ(answer_of(house.step(in))->body->at("batch"), first);
  house.submit(first, "k");
  EXPECT_NE(answer_of(house.step(in))->body->at("batch"), first);
}

TEST(CoreBatch, a_refused_file_is_counted_and_its_batch_closes) {
  CoreHouse house;
  const std::string batch = house.open();
  const Refuse in{"c", batch, "a.pdf", 0, "limit_file_bytes", "too large"};
  house.step(in);
  house.step(in);
  house.close(batch);
  EXPECT_EQ(house.ledger(batch).files, 1);
  EXPECT_EQ(house.ledger(batch).files_rejected, 1);
  EXPECT_EQ(house.state(batch), BatchState::closed);
}

TEST(CoreBatch, a_closing_batch_takes_no_more_files) {
  CoreHouse house;
  const std::string batch = house.open();
  house.submit(batch, "k");
  house.close(batch);
  EXPECT_EQ(house.submit(batch, "u").at("error"), "batch_closed");
  EXPECT_EQ(house.submit(batch, "k").at("known"), true);
}

TEST(CoreBatch, a_batch_with_missing_sheets_stays_open_until_a_person_accepts_it) {
  CoreHouse house;
  const std::string batch = house.open(journal::PublishPolicy::settled, 3);
  house.submit(batch, "kk");
  house.close(batch);
  house.ready("w");
  house.answer_all();
  EXPECT_EQ(house.state(batch), BatchState::closing);
  ASSERT_FALSE(house.ledger(batch).missing.empty());
  EXPECT_EQ(house.ledger(batch).missing.front().what, "sheets");
  house.step(CloseBatch{"c", batch, true});
  EXPECT_EQ(house.state(batch), BatchState::closed);
}

TEST(CoreBatch, a_full_disk_takes_nothing_new_in_and_gives_nothing_out_until_there_is_room) {
  CoreHouse house;
  const std::string batch = house.open();
  house.submit(batch, "k");
  house.step(DiskRoom{false});
  house.ready("w");
  EXPECT_TRUE(house.tasks.empty());
  EXPECT_EQ(house.submit(batch, "u").at("error"), "disk_full");
  EXPECT_EQ(house.submit(batch, "k").at("known"), true) << "what it has, it has";
  EXPECT_TRUE(house.core().status(house.moment()).is_disk_full);
  house.step(DiskRoom{true});
  house.answer_all();
  EXPECT_EQ(house.submit(batch, "u").at("known"), false);
  house.answer_all();
  house.close(batch);
  EXPECT_EQ(house.state(batch), BatchState::closed);
}

TEST(CoreBatch, draining_gives_out_nothing_more) {
  CoreHouse house;
  const std::string batch = house.open();
  house.submit(batch, "k");
  house.submit(batch, "u");
  house.ready("w", {JobKind::decode}, 1);
  EXPECT_NE(signal_of(house.step(Drain{"c", true}), MessageType::drain), nullptr);
  const SendTask task = *house.take(JobKind::decode);
  house.answer(task);
  EXPECT_TRUE(house.tasks.empty());
}

TEST(CoreBatch, status_counts_what_waits_and_what_runs) {
  CoreHouse house;
  const std::string batch = house.open();
  for (int copy = 0; copy < 5; ++copy) house.submit(batch, "k", copy);
  house.ready("w", {JobKind::decode}, 2);
  house.pass(700);
  const Status status = house.core().status(house.moment());
  EXPECT_EQ(status.kinds[0].waiting, 3);
  EXPECT_EQ(status.kinds[0].running, 2);
  EXPECT_EQ(status.kinds[0].oldest_ms, 700);
  ASSERT_EQ(status.workers.size(), 1u);
  EXPECT_EQ(status.workers[0].holding, 2);
}

TEST(CoreBatch, names_of_documents_do_not_depend_on_who_finishes_first) {
  const auto names = [](bool reversed) {
    CoreHouse house;
    const std::string batch = house.open();
    for (int copy = 0; copy < 4; ++copy) house.submit(batch, "ksk", copy);
    house.ready("w", CoreHouse::every_kind(), 20);
    while (!house.tasks.empty()) {
      const SendTask task = reversed ? house.tasks.back() : house.tasks.front();
      reversed ? house.tasks.pop_back() : house.tasks.pop_front();
      house.answer(task);
    }
    auto keys = house.event_keys();
    std::ranges::sort(keys);
    return keys;
  };
  EXPECT_EQ(names(false).size(), 8u);
  EXPECT_EQ(names(false), names(true));
}

}  // namespace
}  // namespace postkamer::broker
