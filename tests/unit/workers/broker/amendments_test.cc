// SPDX-License-Identifier: EUPL-1.2
//
// The core on what people change afterwards.
#include <gmock/gmock.h>

#include <algorithm>

#include "tests/unit/workers/broker/core_house.h"

namespace postkamer::broker {
namespace {

using flow::JobKind;
using journal::BatchState;
using journal::DocumentState;
using testing::ElementsAre;

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

TEST(Amendments, a_doubtful_document_is_told_when_a_person_has_settled_it) {
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

TEST(Amendments, where_doubt_is_published_too_the_settled_record_is_a_second_event) {
  CoreHouse house;
  const std::string batch = house.open(journal::PublishPolicy::doubtful_too);
  const journal::Id document = document_in_review(house, batch);
  EXPECT_EQ(house.event_keys(), std::vector<std::string>{"D.r1"});
  EXPECT_TRUE(house.journal().reader().document(document)->value().told_doubtful);
  house.step(Reviewed{"c", document, record_digest("D", RecordStatus::ready, 2), "jan", "accept"});
  EXPECT_EQ(house.event_keys(), (std::vector<std::string>{"D.r1", "D.r2"}));
}

TEST(Amendments, a_published_document_of_a_closed_batch_can_be_corrected_and_withdrawn) {
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

TEST(Amendments, another_date_of_receipt_is_told_again_and_logged) {
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
    return entry.what == "batch_redated" && entry.actor == "person:jan" &&
           entry.detail.find("stempel") != std::string::npos;
  }));
}

// One batch with one published document, closed and forgotten.
class PublishedAndForgotten : public testing::Test {
 protected:
  void read(const std::string& content) {
    batch_ = house_.open();
    house_.submit(batch_, content);
    house_.close(batch_);
    house_.ready("w", CoreHouse::every_kind(), 1);
    house_.answer_all();
    ASSERT_EQ(house_.state(batch_), BatchState::closed);
  }
  [[nodiscard]] journal::DocumentRow row() { return reader().documents({})->front(); }
  journal::Reader& reader() { return house_.journal().reader(); }
  std::vector<Outgoing> correct(int revision) {
    return house_.step(Amended{"c", row(), record_digest(row().name, RecordStatus::ready, revision),
                               "jan", "correct"});
  }
  std::vector<Outgoing> put_back(int page, int revision = 2) {
    return house_.step(PutBack{"c", reader().scan(1)->value(), *reader().pages(1), row(), page,
                               record_digest(row().name, RecordStatus::ready, revision), "jan",
                               "potlood"});
  }
  // The broker and its worker end; another worker comes, and what the first one held is given up.
  void crash() {
    house_.restart();
    house_.ready("w2", CoreHouse::every_kind(), 1);
    for (int second = 0; second < 5; ++second) {
      house_.pass(1'000);
      house_.step(Ping{"w2", {}});
      house_.step(Tick{});
    }
  }
  [[nodiscard]] int audited(const std::string& what) {
    const auto rows = *reader().audit_after(0, 10'000);
    return static_cast<int>(
        std::ranges::count_if(rows, [&](const auto& entry) { return entry.what == what; }));
  }
  // The kinds of work given out and not answered.
  [[nodiscard]] std::vector<JobKind> asked() const {
    std::vector<JobKind> kinds;
    for (const SendTask& task : house_.tasks) kinds.push_back(task.job.kind);
    return kinds;
  }

  CoreHouse house_;
  std::string batch_;
};

TEST_F(PublishedAndForgotten, a_correction_has_the_archive_copy_made_again) {
  read("k");
  ASSERT_FALSE(row().copy_due);
  correct(2);
  EXPECT_THAT(asked(), ElementsAre(JobKind::archive));
  EXPECT_TRUE(row().copy_due);
  EXPECT_TRUE(row().archived) << "the copy that is there is still kept";
  EXPECT_TRUE(house_.ledger(batch_).balanced);
  EXPECT_EQ(house_.ledger(batch_).copies_due, 1);
  house_.answer_all();
  EXPECT_FALSE(row().copy_due);
  EXPECT_EQ(audited("document_archived"), 2);
  house_.answer_all();
  EXPECT_TRUE(house_.tasks.empty());
}

TEST_F(PublishedAndForgotten, a_crash_does_not_lose_the_copy_that_is_due) {
  read("k");
  correct(2);
  crash();
  house_.answer_all();
  EXPECT_FALSE(row().copy_due);
  EXPECT_EQ(audited("document_archived"), 2);
}

TEST_F(PublishedAndForgotten, a_copy_of_the_record_before_last_is_refused) {
  read("k");
  correct(2);
  const SendTask old = *house_.take(JobKind::archive);
  house_.step(Started{old.worker, old.claim});
  correct(3);
  const auto late = house_.answer(old);
  EXPECT_NE(signal_of(late, wire::MessageType::stale), nullptr);
  EXPECT_TRUE(row().copy_due);
  house_.answer_all();
  EXPECT_FALSE(row().copy_due);
}

TEST_F(PublishedAndForgotten, a_withdrawn_document_gets_its_copy_made_again_too) {
  read("k");
  house_.step(Amended{"c", row(), record_digest(row().name, RecordStatus::withdrawn, 2), "jan",
                      "withdraw"});
  EXPECT_THAT(asked(), ElementsAre(JobKind::archive));
  house_.answer_all();
  EXPECT_EQ(row().state, DocumentState::withdrawn);
  EXPECT_FALSE(row().copy_due);
}

TEST_F(PublishedAndForgotten, a_copy_that_cannot_be_made_again_stays_marked_until_the_next_change) {
  read("k");
  correct(2);
  const SendTask task = *house_.take(JobKind::archive);
  house_.step(Failed{task.worker, task.claim, {ErrorCode::invalid_document, "pdf_broken", ""}});
  EXPECT_TRUE(row().copy_due);
  EXPECT_EQ(row().archive_failure, "pdf_broken");
  EXPECT_TRUE(house_.tasks.empty());
  house_.restart();
  EXPECT_TRUE(house_.tasks.empty()) << "it is not tried for ever";
  house_.ready("w", CoreHouse::every_kind(), 1);
  correct(3);
  house_.answer_all();
  EXPECT_FALSE(row().copy_due);
  EXPECT_EQ(row().archive_failure, "");
}

TEST_F(PublishedAndForgotten, a_copy_whose_originals_are_dropped_stands_and_is_not_due_for_ever) {
  read("k");
  const std::string copy = row().pdf_sha256;
  ASSERT_NE(copy, "");
  correct(2);
  const SendTask task = *house_.take(JobKind::archive);
  house_.step(Failed{
      task.worker, task.claim, {ErrorCode::invalid_document, std::string(kOriginalsDropped), ""}});
  EXPECT_EQ(house_.event_keys().size(), 2u) << "the correction is told";
  EXPECT_FALSE(row().copy_due);
  EXPECT_EQ(row().archive_failure, kOriginalsDropped);
  EXPECT_EQ(row().pdf_sha256, copy);
  EXPECT_EQ(house_.ledger(batch_).copies_due, 0);
  EXPECT_EQ(audited("archive_failed"), 1);
  crash();
  EXPECT_TRUE(house_.tasks.empty());
}

TEST_F(PublishedAndForgotten, a_blank_side_that_is_put_back_is_read_told_and_archived) {
  read("kbu");
  EXPECT_EQ(house_.ledger(batch_).blanks, 1);
  const auto answer = put_back(1);
  ASSERT_TRUE(answer_of(answer)->body);
  EXPECT_THAT(asked(), ElementsAre(JobKind::deskew)) << "nobody has looked at it before";
  EXPECT_EQ(house_.ledger(batch_).blanks, 0);
  EXPECT_EQ(house_.ledger(batch_).pages_in_documents, 3);
  EXPECT_TRUE(house_.ledger(batch_).balanced);
  EXPECT_EQ(house_.event_keys().size(), 2u);
  EXPECT_EQ(audited("page_put_back"), 1);
  crash();
  EXPECT_THAT(asked(), ElementsAre(JobKind::deskew)) << "a crash loses nothing of it";
  house_.answer_all();
  EXPECT_FALSE(row().copy_due);
  EXPECT_TRUE(reader().pages(1)->at(1).recognised);
  EXPECT_EQ(answer_of(put_back(1, 3))->body.error().reason, "page_not_blank");
}

TEST_F(PublishedAndForgotten, only_a_blank_side_can_be_put_back_and_only_into_what_stands) {
  read("kb");
  EXPECT_EQ(answer_of(put_back(0))->body.error().reason, "page_not_blank");
  house_.step(Amended{"c", row(), record_digest(row().name, RecordStatus::withdrawn, 2), "jan",
                      "withdraw"});
  house_.answer_all();
  EXPECT_EQ(answer_of(put_back(1, 3))->body.error().reason, "review_not_open");
  EXPECT_EQ(house_.ledger(batch_).blanks, 1);
}

TEST(Amendments, a_blank_side_is_put_back_while_its_batch_is_still_open) {
  CoreHouse house;
  const std::string batch = house.open();
  house.submit(batch, "kb");
  house.ready("w", CoreHouse::every_kind(), 1);
  house.answer_all();
  auto& reader = house.journal().reader();
  const auto row = [&] { return reader.documents({})->front(); };
  house.step(PutBack{"c", reader.scan(1)->value(), *reader.pages(1), row(), 1,
                     record_digest(row().name, RecordStatus::ready, 2), "jan", "potlood"});
  house.close(batch);
  EXPECT_EQ(house.state(batch), BatchState::closed) << "the first copy is there";
  house.answer_all();
  EXPECT_FALSE(row().copy_due);
  EXPECT_TRUE(house.ledger(batch).balanced);
}

}  // namespace
}  // namespace postkamer::broker
