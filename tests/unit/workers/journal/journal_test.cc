// SPDX-License-Identifier: EUPL-1.2
//
// What every journal must do: run against the one in SQLite and the one in memory.
#include "workers/journal/journal.h"

#include <SQLiteCpp/Database.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>

#include "workers/journal/audit.h"
#include "workers/journal/memory_journal.h"
#include "workers/journal/sqlite_journal.h"

namespace postkamer::journal {
namespace {

namespace fs = std::filesystem;

constexpr const char* kNow = "2026-11-23T12:00:00.000Z";

std::string stamp(const std::string& body, std::uint64_t sequence, const std::string& time) {
  return body + "|" + std::to_string(sequence) + "|" + time;
}

class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern = (fs::temp_directory_path() / "pk-journal-XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
  }
  ~TemporaryFolder() { fs::remove_all(path_); }
  [[nodiscard]] fs::path path() const { return path_; }

 private:
  fs::path path_;
};

enum class Kind {
  memory,
  sqlite
};

class AnyJournal : public testing::TestWithParam<Kind> {
 protected:
  void SetUp() override { open(); }
  void open() {
    journal_.reset();
    if (GetParam() == Kind::memory)
      journal_ = memory_journal(stamp);
    else
      journal_ = open_journal(folder_.path() / "journal.db", stamp).value();
  }
  Reader& reader() { return journal_->reader(); }
  void commit(const Operations& operations) { ASSERT_TRUE(journal_->commit(operations, kNow)); }

  TemporaryFolder folder_;
  std::unique_ptr<Journal> journal_;
};

BatchRow batch_row(Id id, BatchState state = BatchState::open) {
  BatchRow row;
  row.id = id;
  row.name = "20261123B" + std::to_string(id);
  row.date_of_receipt = "2026-11-23";
  row.publish = PublishPolicy::doubtful_too;
  row.state = state;
  row.scans = 3;
  return row;
}

ScanRow scan_row(Id id, Id batch) {
  ScanRow row;
  row.id = id;
  row.batch = batch;
  row.number = static_cast<int>(id);
  row.name = "brief van 'Jan'.pdf";
  row.sha256 = "hash" + std::to_string(id % 10);
  row.copy = static_cast<int>(id);
  row.size = 5'000'000'000;
  row.page_count = 2;
  return row;
}

PageRow page_row(Id scan, int index, Id document = 0) {
  PageRow row;
  row.scan = scan;
  row.index = index;
  row.kind = PageKind::separator;
  row.picture_sha256 = "picture";
  row.deskewed = row.known_form = row.recognised = true;
  row.form = "verhuisaangifte";
  row.form_page = 2;
  row.marks = mark::sheet | mark::sticker;
  row.document = document;
  return row;
}

DocumentRow document_row(Id id, Id batch, DocumentState state) {
  DocumentRow row;
  row.id = id;
  row.name = "PK-" + std::to_string(id);
  row.batch = batch;
  row.scan = 1;
  row.state = state;
  row.assembled = row.told_doubtful = true;
  row.batch_class = "bz";
  row.revision = 4;
  return row;
}

TEST_P(AnyJournal, rows_come_back_as_they_were_put) {
  JobRow job;
  job.id = 9;
  job.kind = flow::JobKind::ocr;
  job.scan = 1;
  job.page = 1;
  job.attempt = 2;
  job.acquired = 3;
  job.failed = 1;
  job.leased = true;
  job.token = 0xffff'ffff'ffff'fff0u;
  commit({batch_row(1), scan_row(1, 1), page_row(1, 0), page_row(1, 1, 5),
          document_row(5, 1, DocumentState::reading), job,
          PageResultRow{1, 1, "deskew", "{\"a\":1}", {"x", "y"}}, PutRecord{5, "record"},
          CursorRow{"zaaksysteem", 12}, CursorRow{"moved", 7, 0, true}});
  const Snapshot s = *reader().snapshot();
  ASSERT_EQ(s.moved.size(), 1u);
  EXPECT_EQ(s.moved[0].name, "moved");
  ASSERT_EQ(s.batches.size(), 1u);
  EXPECT_EQ(s.batches[0].name, "20261123B1");
  EXPECT_EQ(s.batches[0].publish, PublishPolicy::doubtful_too);
  ASSERT_EQ(s.scans.size(), 1u);
  EXPECT_EQ(s.scans[0].name, "brief van 'Jan'.pdf");
  EXPECT_EQ(s.scans[0].size, 5'000'000'000u);
  ASSERT_EQ(s.pages.size(), 2u);
  EXPECT_EQ(s.pages[1].document, 5u);
  EXPECT_TRUE(s.pages[1].deskewed && s.pages[1].known_form && s.pages[1].recognised);
  EXPECT_FALSE(s.pages[1].classified || s.pages[1].extracted || s.pages[1].form_mismatch);
  EXPECT_EQ(s.pages[1].kind, PageKind::separator);
  ASSERT_EQ(s.documents.size(), 1u);
  EXPECT_TRUE(s.documents[0].assembled && s.documents[0].told_doubtful);
  EXPECT_EQ(s.documents[0].revision, 4);
  ASSERT_EQ(s.jobs.size(), 1u);
  EXPECT_EQ(s.jobs[0].token, 0xffff'ffff'ffff'fff0u);
  EXPECT_TRUE(s.jobs[0].leased);
  EXPECT_EQ(s.last_job, 9u);
  const auto results = *reader().page_results(1, 1);
  ASSERT_EQ(results.size(), 1u);
  EXPECT_EQ(results[0].blobs, (std::vector<std::string>{"x", "y"}));
  EXPECT_EQ(reader().record(5)->value(), "record");
  EXPECT_EQ(reader().cursor("zaaksysteem")->value().sequence, 12u);
  EXPECT_FALSE(reader().cursor("ander")->has_value());
}

TEST_P(AnyJournal, a_put_replaces_and_a_drop_removes) {
  JobRow job;
  job.id = 3;
  commit({batch_row(1), job});
  BatchRow changed = batch_row(1);
  changed.state = BatchState::closing;
  commit({changed, DropJob{3}, PutRecord{1, "a"}, PutRecord{1, "b"}});
  EXPECT_EQ(reader().batch(1)->value().state, BatchState::closing);
  EXPECT_TRUE(reader().snapshot()->jobs.empty());
  EXPECT_EQ(reader().record(1)->value(), "b");
}

TEST_P(AnyJournal, events_are_numbered_without_gap_and_a_known_key_is_told_once) {
  commit({AppendEvent{"a", "D1", "one", "type", ""}, AppendEvent{"b", "D2", "two", "type", ""}});
  commit({AppendEvent{"a", "D1", "one again", "type", ""},
          AppendEvent{"c", "D3", "three", "type", ""}});
  const auto events = *reader().events_after(0, 10);
  ASSERT_EQ(events.size(), 3u);
  EXPECT_EQ(events[0].body, std::string("one|1|") + kNow);
  EXPECT_EQ(events[2].key, "c");
  EXPECT_EQ(events[2].sequence, 3u);
  EXPECT_EQ(*reader().head(), 3u);
  EXPECT_EQ(*reader().oldest(), 1u);
  EXPECT_EQ(reader().events_after(1, 1)->front().sequence, 2u);
  EXPECT_TRUE(reader().events_after(3, 10)->empty());
}

TEST_P(AnyJournal, heads_tell_type_and_form_of_events) {
  commit({AppendEvent{"a", "D1", "one", "read", "f"},
          AppendEvent{"b", "D1", "two", "corrected", "f"},
          AppendEvent{"c", "D2", "three", "received", ""}});
  const auto heads = reader().event_heads_after(1, 10);
  ASSERT_EQ(heads->size(), 2u);
  EXPECT_EQ(heads->front().sequence, 2u);
  EXPECT_EQ(heads->front().type, "corrected");
  EXPECT_EQ(heads->front().form, "f");
  EXPECT_EQ(reader().last_event_of("D1")->value().sequence, 2u);
  EXPECT_FALSE(*reader().last_event_of("D9"));
  EXPECT_EQ(reader().stream_id()->size(), 16u);
}

TEST_P(AnyJournal, dropped_events_are_gone_and_their_keys_are_never_told_again) {
  const auto at = [&](const char* key, const char* time) {
    ASSERT_TRUE(journal_->commit({AppendEvent{key, "D", key, "type", ""}}, time));
  };
  EXPECT_EQ(*reader().oldest(), 1u);
  at("a", "2026-01-01T00:00:00.000Z");
  at("b", "2026-02-01T00:00:00.000Z");
  at("c", "2026-03-01T00:00:00.000Z");
  EXPECT_EQ(*reader().last_before("2026-01-01T00:00:00.000Z"), 0u);
  EXPECT_EQ(*reader().last_before("2026-02-15"), 2u);
  EXPECT_EQ(*reader().last_before("2027"), 3u);
  commit({CursorRow{"slow", 1}, DropEvents{2}, LoseEvents{"slow", 1}, LoseEvents{"never-came", 2}});
  EXPECT_EQ(*reader().oldest(), 3u);
  EXPECT_EQ(reader().events_after(2, 9)->front().body.substr(0, 1), "c");
  const auto dropped = *reader().events_after(0, 2);
  for (const auto& event : dropped) EXPECT_EQ(event.body, "");
  commit({CursorRow{"slow", 2}});
  EXPECT_EQ(reader().cursor("slow")->value().lost, 1u);
  EXPECT_EQ(reader().cursor("never-came")->value().lost, 2u);
  at("a", "2026-04-01T00:00:00.000Z");
  EXPECT_EQ(*reader().head(), 3u);
  commit({DropEvents{99}});
  EXPECT_EQ(*reader().oldest(), 4u);
}

TEST_P(AnyJournal, what_is_finished_is_not_in_the_snapshot_but_stays_readable) {
  BatchRow batch = batch_row(1);
  batch.scans = 1;
  ScanRow scan = scan_row(1, 1);
  scan.state = ScanState::split;
  scan.page_count = 1;
  DocumentRow done = document_row(1, 1, DocumentState::published);
  DocumentRow waits = document_row(2, 1, DocumentState::review);
  done.archived = waits.archived = true;
  commit({batch, scan, page_row(1, 0), done, waits});
  batch.state = BatchState::closed;
  commit({batch});
  const Snapshot s = *reader().snapshot();
  EXPECT_TRUE(s.batches.empty() && s.scans.empty() && s.pages.empty());
  ASSERT_EQ(s.documents.size(), 1u);
  EXPECT_EQ(s.documents[0].id, 2u);
  EXPECT_EQ(s.last_document, 2u);
  const BatchContents contents = *reader().contents(1);
  EXPECT_EQ(contents.batch.name, "20261123B1");
  EXPECT_EQ(contents.scans.size(), 1u);
  EXPECT_EQ(contents.pages.size(), 1u);
  EXPECT_EQ(contents.documents.size(), 2u);
  EXPECT_EQ(reader().page(1, 0)->value().scan, 1u);
  EXPECT_FALSE(*reader().page(1, 1) || *reader().page(2, 0));
  EXPECT_EQ(reader().document_named("PK-1")->value().id, 1u);
  EXPECT_EQ(reader().documents({std::nullopt, DocumentState::review})->size(), 1u);
  EXPECT_EQ(reader().documents({Id{7}, std::nullopt})->size(), 0u);
  EXPECT_EQ(*reader().batch_named("20261123B1").value(), 1u);
  EXPECT_EQ(reader().scan_with("hash1")->value().id, 1u);

  done.copy_due = true;
  commit({done});
  const Snapshot due = *reader().snapshot();
  EXPECT_EQ(due.documents.size(), 2u) << "its copy is still to be made again";
  EXPECT_EQ(due.scans.size(), 1u);
  EXPECT_EQ(due.pages.size(), 1u);
  EXPECT_TRUE(due.batches.empty());
}

TEST_P(AnyJournal, the_backlog_is_what_is_open_and_since_when_it_was_taken) {
  EXPECT_EQ(reader().backlog()->oldest_unread, "");
  const auto at = [&](const char* time, const Operations& operations) {
    ASSERT_TRUE(journal_->commit(operations, time));
  };
  ScanRow split = scan_row(1, 1);
  split.state = ScanState::split;
  at("2026-11-23T08:00:00.000Z", {batch_row(1), scan_row(1, 1)});
  at("2026-11-23T09:00:00.000Z", {scan_row(2, 1)});
  EXPECT_EQ(reader().backlog()->oldest_unread, "2026-11-23T08:00:00.000Z");
  EXPECT_EQ(reader().backlog()->scans, 2u);
  at("2026-11-23T10:00:00.000Z", {split, document_row(1, 1, DocumentState::reading)});
  EXPECT_EQ(reader().backlog()->scans, 1u);
  EXPECT_EQ(reader().backlog()->reading, 1u);
  EXPECT_EQ(reader().backlog()->oldest_unread, "2026-11-23T08:00:00.000Z");
  PageRow lost = page_row(1, 0);
  lost.quarantine = "worker_silent";
  at("2026-11-23T11:00:00.000Z", {document_row(1, 1, DocumentState::review), lost});
  const Backlog backlog = *reader().backlog();
  EXPECT_EQ(backlog.reading, 0u);
  EXPECT_EQ(backlog.in_review, 1u);
  EXPECT_EQ(backlog.quarantined, 1u);
  EXPECT_EQ(backlog.oldest_in_review, "2026-11-23T08:00:00.000Z");
  EXPECT_EQ(backlog.oldest_unread, "2026-11-23T09:00:00.000Z");
  at("2026-11-23T12:00:00.000Z", {document_row(1, 1, DocumentState::published)});
  EXPECT_EQ(reader().backlog()->oldest_in_review, "");
}

TEST_P(AnyJournal, that_starts_anew_gives_no_number_again) {
  BatchRow closed = batch_row(2, BatchState::closed);
  closed.scans = 0;
  commit({batch_row(1), closed});
  const std::string before = *reader().stream_id();
  commit({StartAnew{"fedcba9876543210"}});
  EXPECT_NE(*reader().stream_id(), before);
  EXPECT_EQ(*reader().stream_id(), "fedcba9876543210");
  EXPECT_EQ(reader().snapshot()->last_batch, 2 + kNumbersLeftOut);
  EXPECT_EQ(reader().batch(1)->value().scans, 3 + static_cast<int>(kNumbersLeftOut));
  EXPECT_EQ(reader().batch(2)->value().scans, 0);
  commit({batch_row(3 + kNumbersLeftOut), StartAnew{"fedcba9876543211"}});
  EXPECT_EQ(reader().snapshot()->last_batch, 3 + 2 * kNumbersLeftOut);
}

TEST_P(AnyJournal, the_audit_chain_shows_a_change_in_the_middle) {
  for (int i = 0; i < 5; ++i) commit({Audit{"file_claimed", "S" + std::to_string(i), "{}"}});
  auto rows = *reader().audit_after(0, 100);
  ASSERT_EQ(rows.size(), 5u);
  EXPECT_EQ(first_broken({}, rows), 0u);
  EXPECT_EQ(reader().audit_after(3, 100)->size(), 2u);
  rows[2].subject = "S9";
  EXPECT_EQ(first_broken({}, rows), 3u);
  rows.erase(rows.begin() + 2);
  EXPECT_EQ(first_broken({}, rows), 3u);
}

INSTANTIATE_TEST_SUITE_P(Journal, AnyJournal, testing::Values(Kind::memory, Kind::sqlite),
                         [](const auto& kind) {
                           return kind.param == Kind::memory ? "memory" : "sqlite";
                         });

TEST(SqliteJournal, what_was_committed_is_there_after_a_kill_and_the_chain_goes_on) {
  const TemporaryFolder folder;
  const fs::path file = folder.path() / "journal.db";
  const pid_t child = ::fork();
  if (child == 0) {  // dies without closing anything
    auto journal = open_journal(file, stamp).value();
    for (int i = 1; i <= 50; ++i)
      (void)journal->commit(
          {AppendEvent{"k" + std::to_string(i), "D", "e", "type", ""}, Audit{"a", "b", ""}}, kNow);
    ::_exit(0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  auto journal = open_journal(file, stamp).value();
  EXPECT_EQ(*journal->reader().head(), 50u);
  ASSERT_TRUE(
      journal->commit({AppendEvent{"k51", "D", "e", "type", ""}, Audit{"a", "b", ""}}, kNow));
  EXPECT_EQ(*journal->reader().head(), 51u);
  EXPECT_EQ(first_broken({}, *journal->reader().audit_after(0, 100)), 0u);
}

TEST(SqliteJournal, a_batch_of_operations_is_whole_or_not_there_at_all) {
  const TemporaryFolder folder;
  auto journal = open_journal(folder.path() / "journal.db", stamp).value();
  ScanRow same_bytes = scan_row(2, 1);
  same_bytes.sha256 = scan_row(1, 1).sha256;
  same_bytes.copy = scan_row(1, 1).copy;
  const auto refused =
      journal->commit({AppendEvent{"a", "D", "e", "type", ""}, scan_row(1, 1), same_bytes}, kNow);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason, "journal_io");
  EXPECT_EQ(*journal->reader().head(), 0u);
  EXPECT_FALSE(journal->reader().scan(1)->has_value());
}

// As a kill in the middle of the very first transaction leaves it.
TEST(SqliteJournal, opens_after_a_crash_while_it_was_made) {
  const TemporaryFolder folder;
  const fs::path made = folder.path() / "made.db";
  const fs::path left = folder.path() / "left.db";
  {
    SQLite::Database database(made.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    database.exec("CREATE TABLE t(x); INSERT INTO t VALUES(zeroblob(100000))");
    database.exec("PRAGMA cache_size = 1");  // what changes goes to the file at once
    database.exec("BEGIN; UPDATE t SET x = randomblob(100000); CREATE TABLE u(x)");
    fs::copy_file(made, left);
    fs::copy_file(made.string() + "-journal", left.string() + "-journal");
  }
  ASSERT_GT(fs::file_size(left.string() + "-journal"), 0u);
  const auto journal = open_journal(left, stamp);
  ASSERT_TRUE(journal) << journal.error().message;
  EXPECT_EQ((*journal)->reader().head().value(), 0u);
}

TEST(SqliteJournal, only_one_may_write) {
  const TemporaryFolder folder;
  const fs::path file = folder.path() / "journal.db";
  const auto first = open_journal(file, stamp);
  ASSERT_TRUE(first);
  const auto second = open_journal(file, stamp);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().reason, "journal_in_use");
}

TEST(SqliteJournal, a_reader_sees_what_the_writer_commits_beside_it) {
  const TemporaryFolder folder;
  const fs::path file = folder.path() / "journal.db";
  EXPECT_EQ(open_reader(file).error().reason, "journal_missing");
  auto journal = open_journal(file, stamp).value();
  auto reader = open_reader(file).value();
  EXPECT_EQ(*reader->head(), 0u);
  ASSERT_TRUE(journal->commit({AppendEvent{"a", "D", "e", "type", ""}}, kNow));
  EXPECT_EQ(*reader->head(), 1u);
  EXPECT_EQ(reader->events_after(0, 10)->size(), 1u);
}

}  // namespace
}  // namespace postkamer::journal
