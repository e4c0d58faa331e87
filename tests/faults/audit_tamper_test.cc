// SPDX-License-Identifier: EUPL-1.2
//
// Somebody who may write to the journal's file, and knows how it is made, changes what was done.
#include <gtest/gtest.h>
#include <sodium.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include "workers/journal/audit.h"
#include "workers/journal/audit_check.h"
#include "workers/journal/checkpoint.h"
#include "workers/journal/sqlite_journal.h"

namespace postkamer::journal {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kRows = 60;
constexpr std::uint64_t kEvery = 10;  // rows a checkpoint

std::string unstamped(const std::string& body, std::uint64_t, const std::string&) { return body; }

// Row n is written in minute n.
std::string minute(std::uint64_t n) {
  const std::string text = std::to_string(n);
  return "2026-11-26T12:" + (n < 10 ? "0" + text : text) + ":00.000Z";
}

class TamperedAudit : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_GE(sodium_init(), 0);
    std::string pattern = (fs::temp_directory_path() / "pk-tamper-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    write(1, kRows);
  }
  void TearDown() override { fs::remove_all(folder_); }

  [[nodiscard]] fs::path file() const { return folder_ / "journal.db"; }

  // The broker at work: rows `from` to `to`, a checkpoint after every ten.
  void write(std::uint64_t from, std::uint64_t to, const std::string& what = "document_settled") {
    const auto journal = open_journal(file(), unstamped).value();
    for (std::uint64_t n = from; n <= to; ++n) {
      ASSERT_TRUE(journal->commit(
          {Audit{what, "PK-" + std::to_string(n), R"({"state":"published"})", "person:jan"}},
          minute(n)));
      if (n % kEvery == 0) vouch(journal->reader(), n);
    }
  }

  void vouch(Reader& reader, std::uint64_t n) {
    const AuditAnchor head = *reader.audit_head();
    ASSERT_EQ(head.number, n);
    ASSERT_TRUE(checkpoints().append(
        {checkpoint_origin(*reader.audit_id()), n, head.hash, minute(n)}, signer_));
  }

  void sql(const std::string& text) const {
    SQLite::Database database(file().string(), SQLite::OPEN_READWRITE);
    database.exec(text);
  }

  // Makes the chain fit again from row `from` on, as one who knows how would.
  void make_fit(std::uint64_t from) const {
    const auto rows = *open_reader(file()).value()->audit_after(from - 2, 1'000'000);
    AuditRow before = rows.front();
    SQLite::Database database(file().string(), SQLite::OPEN_READWRITE);
    for (std::size_t i = 1; i < rows.size(); ++i) {
      const AuditRow& old = rows[i];
      before = next_audit_row(before.number, before.hash, old.time, old.what, old.subject,
                              old.detail, old.actor);
      SQLite::Statement update(database,
                               "UPDATE audit SET number = ?, payload_hash = ?, previous_hash = ?, "
                               "hash = ? WHERE number = ?");
      update.bind(1, static_cast<std::int64_t>(before.number));
      update.bind(2, before.payload_hash);
      update.bind(3, before.previous_hash);
      update.bind(4, before.hash);
      update.bind(5, static_cast<std::int64_t>(old.number));
      update.exec();
    }
  }

  // The database as a file of its own, and back.
  void back_up() const { sql("VACUUM INTO '" + (folder_ / "backup.db").string() + "'"); }
  void put_back() const {
    for (const char* rest : {"", "-wal", "-shm"}) fs::remove(file().string() + rest);
    fs::copy_file(folder_ / "backup.db", file());
  }

  [[nodiscard]] CheckpointFolder checkpoints() const {
    return CheckpointFolder(folder_ / "elsewhere");
  }
  [[nodiscard]] AuditReport report() const {
    const auto reader = open_reader(file()).value();
    return check_audit(*reader, *checkpoints().notes(), signer_.verifier()).value();
  }
  void expect(AuditVerdict verdict, std::uint64_t first_bad) const {
    const AuditReport found = report();
    EXPECT_EQ(name_of(found.verdict), name_of(verdict));
    EXPECT_EQ(found.first_bad, first_bad);
  }

  fs::path folder_;
  NoteSigner signer_ = NoteSigner::generate("test");
};

TEST_F(TamperedAudit, that_nobody_touched_is_intact_and_vouched_for) {
  const AuditReport found = report();
  EXPECT_EQ(found.verdict, AuditVerdict::intact);
  EXPECT_EQ(found.first_bad, 0u);
  EXPECT_EQ(found.vouched, kRows);
  EXPECT_EQ(found.checkpoints, 6);
}

TEST_F(TamperedAudit, shows_each_member_of_a_row_that_was_edited) {
  for (const char* edit :
       {"time = '2026-11-26T12:23:01.000Z'", "actor = 'person:piet'", "what = 'document_shown'",
        "subject = 'PK-1'", "detail = '{}'", "payload_hash = hash", "previous_hash = hash",
        "hash = previous_hash", "payload_hash = ''"}) {
    back_up();
    sql(std::string("UPDATE audit SET ") + edit + " WHERE number = 23");
    SCOPED_TRACE(edit);
    expect(AuditVerdict::row_altered, 23);
    put_back();
    fs::remove(folder_ / "backup.db");
  }
}

TEST_F(TamperedAudit, shows_a_row_that_was_edited_together_with_its_own_hash) {
  const auto rows = *open_reader(file()).value()->audit_after(22, 1);
  AuditRow row = rows.front();
  row.actor = "person:piet";
  sql("UPDATE audit SET actor = '" + row.actor + "', hash = '" + audit_hash(row) +
      "' WHERE number = 23");
  expect(AuditVerdict::row_altered, 23);
}

TEST_F(TamperedAudit, shows_a_row_that_was_deleted) {
  sql("DELETE FROM audit WHERE number = 17");
  expect(AuditVerdict::row_altered, 17);
}

TEST_F(TamperedAudit, shows_a_row_that_was_deleted_with_the_others_moved_down) {
  sql("DELETE FROM audit WHERE number = 17");
  for (int n = 18; n <= 60; ++n)
    sql("UPDATE audit SET number = number - 1 WHERE number = " + std::to_string(n));
  expect(AuditVerdict::row_altered, 17);
}

TEST_F(TamperedAudit, shows_the_first_rows_gone) {
  sql("DELETE FROM audit WHERE number <= 5");
  expect(AuditVerdict::row_altered, 1);
}

TEST_F(TamperedAudit, shows_a_row_that_was_put_in) {
  for (int n = 60; n >= 31; --n)
    sql("UPDATE audit SET number = number + 1 WHERE number = " + std::to_string(n));
  const auto before = open_reader(file()).value()->audit_after(29, 1)->front();
  const AuditRow row = next_audit_row(before.number, before.hash, minute(30), "record_reviewed",
                                      "PK-30", "", "person:piet");
  sql("INSERT INTO audit(number, time, what, subject, detail, hash, actor, payload_hash, "
      "previous_hash) VALUES(31, '" +
      row.time + "', '" + row.what + "', '" + row.subject + "', '', '" + row.hash + "', '" +
      row.actor + "', '" + row.payload_hash + "', '" + row.previous_hash + "')");
  expect(AuditVerdict::row_altered, 31);
}

TEST_F(TamperedAudit, shows_two_rows_that_changed_places) {
  sql("UPDATE audit SET number = 1000 WHERE number = 40;"
      "UPDATE audit SET number = 40 WHERE number = 45;"
      "UPDATE audit SET number = 45 WHERE number = 1000");
  expect(AuditVerdict::row_altered, 40);
}

TEST_F(TamperedAudit, without_its_end_is_seen_by_the_checkpoints_only) {
  sql("DELETE FROM audit WHERE number > 52");
  expect(AuditVerdict::tail_missing, 53);
  const auto reader = open_reader(file()).value();
  EXPECT_EQ(check_audit(*reader, {}, signer_.verifier())->verdict, AuditVerdict::intact)
      << "the chain alone cannot tell";
}

TEST_F(TamperedAudit, whose_end_was_cut_off_and_written_on_is_seen) {
  sql("DELETE FROM audit WHERE number > 52");
  fs::rename(folder_ / "elsewhere", folder_ / "out of reach");
  write(53, 59, "document_shown");
  fs::remove_all(folder_ / "elsewhere");
  fs::rename(folder_ / "out of reach", folder_ / "elsewhere");
  expect(AuditVerdict::tail_missing, 60);
  const auto journal = open_journal(file(), unstamped).value();
  ASSERT_TRUE(journal->commit({Audit{"document_shown", "PK-60", ""}}, minute(59)));
  const AuditReport found = report();
  EXPECT_EQ(found.verdict, AuditVerdict::chain_rewritten);
  EXPECT_EQ(found.first_bad, 51u) << "the last checkpoint that fits is that of row 50";
  EXPECT_EQ(found.last_bad, 60u);
}

TEST_F(TamperedAudit, made_anew_with_right_hashes_is_seen_by_the_checkpoints) {
  sql("UPDATE audit SET actor = 'person:piet' WHERE number = 33");
  make_fit(33);
  const AuditReport found = report();
  EXPECT_EQ(found.verdict, AuditVerdict::chain_rewritten);
  EXPECT_EQ(found.first_bad, 31u) << "row 30 is vouched for";
  EXPECT_EQ(found.last_bad, 40u);
  EXPECT_EQ(found.vouched, 30u);
}

TEST_F(TamperedAudit, made_anew_is_told_to_the_row_where_every_row_was_signed) {
  const auto reader = open_reader(file()).value();
  const auto rows = *reader->audit_after(0, 100);
  for (const AuditRow& row : rows)
    ASSERT_TRUE(checkpoints().append(
        {checkpoint_origin(*reader->audit_id()), row.number, row.hash, row.time}, signer_));
  sql("UPDATE audit SET actor = 'person:piet' WHERE number = 33");
  make_fit(33);
  expect(AuditVerdict::chain_rewritten, 33);
}

class RolledBack : public TamperedAudit {
 protected:
  void SetUp() override {
    TamperedAudit::SetUp();
    sql("DELETE FROM audit WHERE number > 34");  // as it was then
    back_up();
    put_back();
  }
};

TEST_F(RolledBack, to_a_backup_is_seen) { expect(AuditVerdict::tail_missing, 35); }

TEST_F(RolledBack, to_a_backup_and_gone_on_with_is_seen) {
  const auto journal = open_journal(file(), unstamped).value();
  for (int n = 0; n < 100; ++n)
    ASSERT_TRUE(journal->commit({Audit{"file_claimed", "S1", ""}}, minute(59)));
  const AuditReport found = report();
  EXPECT_EQ(found.verdict, AuditVerdict::chain_rewritten);
  EXPECT_EQ(found.first_bad, 31u);
  EXPECT_EQ(found.last_bad, 40u);
}

TEST_F(RolledBack, to_a_backup_by_a_restore_that_the_audit_tells_is_explained) {
  const auto journal = open_journal(file(), unstamped).value();
  const std::string later = "2026-11-26T13:00:00.000Z";
  ASSERT_TRUE(
      journal->commit({Audit{std::string(kMailroomRestored), "journal", "", "person:jan"}}, later));
  AuditReport found = report();
  EXPECT_EQ(found.verdict, AuditVerdict::intact);
  EXPECT_EQ(found.lost, 3) << "checkpoints of rows 40, 50 and 60";
  ASSERT_EQ(found.restores.size(), 1u);
  EXPECT_EQ(found.restores.front().actor, "person:jan");
  // It explains what was before it, and nothing that comes after.
  const std::string after = "2026-11-26T14:00:00.000Z";
  ASSERT_TRUE(journal->commit({Audit{"a", "b", ""}, Audit{"a", "b", ""}}, after));
  const AuditAnchor head = *journal->reader().audit_head();
  ASSERT_TRUE(checkpoints().append(
      {checkpoint_origin(*journal->reader().audit_id()), head.number, head.hash, after}, signer_));
  sql("DELETE FROM audit WHERE number = " + std::to_string(head.number));
  found = report();
  EXPECT_EQ(found.verdict, AuditVerdict::tail_missing);
  EXPECT_EQ(found.first_bad, head.number);
}

TEST_F(TamperedAudit, with_checkpoints_of_another_journal_or_key_says_so) {
  const NoteSigner other = NoteSigner::generate("test");
  ASSERT_TRUE(checkpoints().append(
      {checkpoint_origin("ffffffffffffffff"), 3, std::string(64, 'a'), minute(59)}, signer_));
  EXPECT_EQ(report().foreign, 1);
  const auto reader = open_reader(file()).value();
  const AuditAnchor head = *reader->audit_head();
  ASSERT_TRUE(checkpoints().append(
      {checkpoint_origin(*reader->audit_id()), head.number, head.hash, minute(59)}, other));
  const AuditReport found = report();
  EXPECT_EQ(found.verdict, AuditVerdict::checkpoint_foreign);
  EXPECT_EQ(found.foreign, 2);
  EXPECT_EQ(found.vouched, kRows);
}

TEST_F(TamperedAudit, whose_checkpoint_a_power_cut_tore_is_still_intact) {
  const fs::path notes = fs::directory_iterator(folder_ / "elsewhere")->path();
  fs::resize_file(notes, fs::file_size(notes) - 40);
  AuditReport found = report();
  EXPECT_EQ(found.verdict, AuditVerdict::intact);
  EXPECT_EQ(found.vouched, kRows - kEvery);
  const auto journal = open_journal(file(), unstamped).value();
  vouch(journal->reader(), kRows);
  found = report();
  EXPECT_EQ(found.damaged, 1);
  EXPECT_EQ(found.vouched, kRows) << "what is written after a torn one is read";
}

TEST_F(TamperedAudit, whose_old_rows_were_dropped_is_intact_only_when_the_audit_tells_it) {
  const std::string hash = open_reader(file()).value()->audit_after(19, 1)->front().hash;
  const std::string anchor = "UPDATE audit_anchor SET number = 20, hash = '" + hash +
                             "'; DELETE FROM audit WHERE number <= 20";
  back_up();
  sql(anchor);
  expect(AuditVerdict::row_altered, 1);
  put_back();
  {
    const auto journal = open_journal(file(), unstamped).value();
    ASSERT_TRUE(journal->commit(
        {Audit{std::string(kAuditDropped), "audit", R"({"hash":")" + hash + R"(","to":20})"},
         DropAudit{20}},
        minute(59)));
  }
  const AuditReport found = report();
  EXPECT_EQ(found.verdict, AuditVerdict::intact);
  EXPECT_EQ(found.first_row, 21u);
  EXPECT_EQ(found.too_old, 1) << "that of row 10; that of row 20 is the anchor";
  EXPECT_EQ(found.vouched, kRows);
}

}  // namespace
}  // namespace postkamer::journal
