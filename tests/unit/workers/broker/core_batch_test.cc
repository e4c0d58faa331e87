// SPDX-License-Identifier: EUPL-1.2
//
// The core on batches: files, duplicates, closing, people's verdicts, draining.
#include "workers/broker/core.h"

#include <gtest/gtest.h>

#include "tests/unit/workers/broker/core_house.h"

namespace postkamer::broker {
namespace {

using flow::JobKind;
using journal::BatchState;
using journal::DocumentState;
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

// Runs one document of a batch until it waits for a person.
journal::Id document_in_review(CoreHouse& house, const std::string& batch) {
  house.submit(batch, "k");
  house.close(batch);
  house.ready("w", CoreHouse::every_kind(), 1);
  journal::Id document = 0;
  while (!house.tasks.empty()) {
    const SendTask task = house.tasks.front();
    house.tasks.pop_front();
    if (task.job.kind == JobKind::assemble) {
      document = task.job.document;
      house.step(Finished{"w", task.claim, record_digest("D", RecordStatus::review)});
    } else {
      house.answer(task);
    }
  }
  return document;
}

TEST(CoreBatch, a_doubtful_document_is_told_when_a_person_has_settled_it) {
  CoreHouse house;
  const std::string batch = house.open();
  const journal::Id document = document_in_review(house, batch);
  EXPECT_EQ(house.state(batch), BatchState::closed);
  EXPECT_TRUE(house.event_keys().empty());
  house.restart();
  house.step(Reviewed{"c", document, record_digest("D", RecordStatus::review), "jan", "set"});
  EXPECT_TRUE(house.event_keys().empty());
  house.step(Reviewed{"c", document, record_digest("D", RecordStatus::ready), "jan", "accept"});
  EXPECT_EQ(house.event_keys(), std::vector<std::string>{"D.r1"});
  const auto again =
      house.step(Reviewed{"c", document, record_digest("D", RecordStatus::ready), "jan", "accept"});
  EXPECT_EQ(answer_of(again)->body.error().reason, "review_not_open");
  EXPECT_EQ(house.ledger(batch).published, 1);
}

TEST(CoreBatch, where_doubt_is_published_too_the_settled_record_is_a_second_event) {
  CoreHouse house;
  const std::string batch = house.open(journal::PublishPolicy::doubtful_too);
  const journal::Id document = document_in_review(house, batch);
  EXPECT_EQ(house.event_keys(), std::vector<std::string>{"D.r1"});
  EXPECT_TRUE(house.journal().reader().document(document)->value().told_doubtful);
  house.step(Reviewed{"c", document, record_digest("D", RecordStatus::ready, 2), "jan", "accept"});
  EXPECT_EQ(house.event_keys(), (std::vector<std::string>{"D.r1", "D.r2"}));
}

TEST(CoreBatch, a_published_document_of_a_closed_batch_can_be_corrected_and_withdrawn) {
  CoreHouse house;
  const std::string batch = house.open();
  house.submit(batch, "k");
  house.close(batch);
  house.ready("w", CoreHouse::every_kind(), 1);
  house.answer_all();
  ASSERT_EQ(house.state(batch), BatchState::closed);
  const auto row = [&] { return house.journal().reader().documents({})->front(); };
  const std::string name = row().name;
  house.step(Amended{"c", row(), record_digest(name, RecordStatus::ready, 2), "jan", "correct"});
  EXPECT_EQ(row().revision, 2);
  house.restart();
  house.step(
      Amended{"c", row(), record_digest(name, RecordStatus::withdrawn, 3), "jan", "withdraw"});
  EXPECT_EQ(house.event_keys(),
            (std::vector<std::string>{name + ".r1", name + ".r2", name + ".r3"}));
  EXPECT_EQ(row().state, DocumentState::withdrawn);
  EXPECT_EQ(house.ledger(batch).withdrawn, 1);
  EXPECT_TRUE(house.ledger(batch).balanced);
  const auto late = house.step(
      Amended{"c", row(), record_digest(name, RecordStatus::ready, 4), "jan", "correct"});
  EXPECT_EQ(answer_of(late)->body.error().reason, "review_not_published");
}

TEST(CoreBatch, another_date_of_receipt_is_told_again_and_logged) {
  CoreHouse house;
  const std::string batch = house.open();
  house.submit(batch, "k");
  house.close(batch);
  house.ready("w", CoreHouse::every_kind(), 1);
  house.answer_all();
  auto& reader = house.journal().reader();
  const auto row = [&] { return reader.documents({})->front(); };
  const auto kept = [&] { return reader.batch(reader.batch_named(batch)->value())->value(); };
  const auto redated = [&](const std::string& date) {
    return Redated{"c",   kept(),
                   date,  {{row(), record_digest(row().name, RecordStatus::ready, 2)}},
                   "jan", "stempel"};
  };
  EXPECT_EQ(answer_of(house.step(redated("yesterday")))->body.error().reason, "batch_date");
  house.restart();  // the batch is closed: the core has forgotten it
  EXPECT_TRUE(answer_of(house.step(redated("2026-05-02")))->body);
  EXPECT_EQ(kept().date_of_receipt, "2026-05-02");
  EXPECT_EQ(house.event_keys().size(), 2u);
  EXPECT_TRUE(house.ledger(batch).balanced);
  const auto audit = *reader.audit_after(0, 1'000);
  EXPECT_TRUE(std::ranges::any_of(audit, [](const auto& entry) {
    return entry.what == "batch_redated" && entry.detail.find("stempel") != std::string::npos;
  }));
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
