// SPDX-License-Identifier: EUPL-1.2
//
// The balancing rule where it is enforced: in the journal, whatever is asked of it.
#include <SQLiteCpp/Database.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <random>

#include "workers/journal/ledger.h"
#include "workers/journal/memory_journal.h"
#include "workers/journal/sqlite_journal.h"

namespace postkamer::journal {
namespace {

namespace fs = std::filesystem;

constexpr const char* kNow = "2026-11-23T12:00:00.000Z";

std::string no_stamp(const std::string& body, std::uint64_t, const std::string&) { return body; }

class Balance : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "pk-balance-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    open();
  }
  void TearDown() override {
    journals_.clear();
    fs::remove_all(folder_);
  }
  void open() {
    journals_.clear();
    journals_.push_back(memory_journal(no_stamp));
    journals_.push_back(open_journal(file(), no_stamp).value());
  }
  [[nodiscard]] fs::path file() const { return folder_ / "journal.db"; }

  static Operations rows_of(const BatchContents& contents) {
    Operations rows{contents.batch};
    for (const auto& row : contents.scans) rows.emplace_back(row);
    for (const auto& row : contents.pages) rows.emplace_back(row);
    for (const auto& row : contents.documents) rows.emplace_back(row);
    return rows;
  }

  fs::path folder_;
  std::vector<std::unique_ptr<Journal>> journals_;
};

// A batch in which anything may be wrong, most of the time little is.
BatchContents random_batch(Id id, std::mt19937& random) {
  const auto one_in = [&](unsigned n) { return random() % n == 0; };
  BatchContents contents;
  contents.batch.id = id;
  contents.batch.name = "B" + std::to_string(id);
  contents.batch.state = BatchState::closing;
  const Id first = id * 10;
  for (Id scan = first; scan < first + 1 + random() % 3; ++scan) {
    ScanRow row;
    row.id = scan;
    row.batch = id;
    row.number = static_cast<int>(scan - first) + 1;
    row.sha256 = "hash" + std::to_string(scan);
    row.state = one_in(6) ? static_cast<ScanState>(random() % 4) : ScanState::split;
    const int pages = static_cast<int>(random() % 4);
    row.page_count = pages + (one_in(30) ? 1 : 0);
    DocumentRow document;
    document.id = scan;
    document.name = "PK-" + std::to_string(scan);
    document.batch = one_in(30) ? id + 1 : id;
    document.scan = scan;
    document.state = static_cast<DocumentState>(one_in(20) ? 0 : 1 + random() % 4);
    document.archived = !one_in(20);
    for (int index = 0; index < pages; ++index) {
      PageRow page;
      page.scan = scan;
      page.index = index + (one_in(40) ? 1 : 0);
      page.kind = static_cast<PageKind>(random() % 3);
      page.document = one_in(20) ? 0 : scan;
      page.quarantine = one_in(20) ? "crash" : "";
      contents.pages.push_back(page);
    }
    contents.scans.push_back(row);
    contents.documents.push_back(document);
  }
  contents.batch.scans = static_cast<int>(contents.scans.size()) + (one_in(20) ? 1 : 0) +
                         (one_in(20) ? static_cast<int>(kNumbersLeftOut) : 0);
  if (one_in(4)) contents.batch.expected_sheets = static_cast<int>(1 + random() % 4);
  return contents;
}

TEST_F(Balance, both_journals_close_exactly_the_batches_that_the_ledger_calls_balanced) {
  std::mt19937 random(20261126);  // the same batches every time
  int closed = 0;
  constexpr int kBatches = 300;
  Operations rows;
  std::vector<BatchContents> batches;
  for (Id id = 1; id <= kBatches; ++id) {
    batches.push_back(random_batch(id, random));
    std::ranges::move(rows_of(batches.back()), std::back_inserter(rows));
  }
  for (auto& journal : journals_) ASSERT_TRUE(journal->commit(rows, kNow));
  for (BatchContents& contents : batches) {
    const Id id = contents.batch.id;
    const bool is_balanced = ledger_of(*journals_[0]->reader().contents(id)).balanced;
    closed += is_balanced ? 1 : 0;
    contents.batch.state = BatchState::closed;
    for (auto& journal : journals_) {
      const auto done = journal->commit({contents.batch}, kNow);
      EXPECT_EQ(done.has_value(), is_balanced) << "batch " << id;
      EXPECT_EQ(done ? "" : done.error().reason, is_balanced ? "" : "journal_unbalanced");
      EXPECT_EQ(journal->reader().batch(id)->value().state,
                is_balanced ? BatchState::closed : BatchState::closing);
    }
  }
  EXPECT_GT(closed, kBatches / 10);
  EXPECT_LT(closed, kBatches - kBatches / 10);
}

TEST_F(Balance, an_unbalanced_batch_cannot_come_in_closed_and_nothing_of_that_commit_stays) {
  BatchRow batch;
  batch.id = 1;
  batch.name = "B1";
  batch.scans = 1;
  batch.state = BatchState::closed;
  for (auto& journal : journals_) {
    EXPECT_FALSE(journal->commit({Audit{"batch_closed", "B1", ""}, batch}, kNow));
    EXPECT_TRUE(journal->reader().audit_after(0, 10)->empty());
  }
}

TEST_F(Balance, a_closed_batch_can_be_written_again_whatever_became_of_it) {
  BatchRow batch;
  batch.id = 1;
  batch.name = "B1";
  for (auto& journal : journals_) ASSERT_TRUE(journal->commit({batch}, kNow));
  batch.state = BatchState::closed;
  for (auto& journal : journals_) ASSERT_TRUE(journal->commit({batch}, kNow));
  batch.scans = 7;  // as if its files had been taken away by hand
  batch.date_of_receipt = "2026-11-20";
  for (auto& journal : journals_) EXPECT_TRUE(journal->commit({batch}, kNow));
}

TEST_F(Balance, the_file_itself_refuses_and_says_what_is_missing_to_whoever_asks) {
  BatchRow batch;
  batch.id = 1;
  batch.name = "B1";
  batch.scans = 2;
  ASSERT_TRUE(journals_[1]->commit({batch}, kNow));
  journals_.clear();
  SQLite::Database database(file().string(), SQLite::OPEN_READWRITE);
  EXPECT_THROW(database.exec("UPDATE batch SET state = 2"), SQLite::Exception);
  EXPECT_EQ(database.execAndGet("SELECT state FROM batch").getInt(), 0);
  EXPECT_EQ(database.execAndGet("SELECT what FROM unbalanced WHERE batch = 1").getString(),
            "files");
}

}  // namespace
}  // namespace postkamer::journal
