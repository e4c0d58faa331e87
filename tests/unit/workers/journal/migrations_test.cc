// SPDX-License-Identifier: EUPL-1.2
//
// Journals of earlier versions, made by the steps that made them then, opened by the program of
// today.
#include "workers/journal/migrations.h"

#include <SQLiteCpp/Statement.h>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "pipeline/base/bytes.h"
#include "tests/support/temporary_folder.h"
#include "workers/journal/journal_copy.h"
#include "workers/journal/sqlite_journal.h"

namespace postkamer::journal {
namespace {

namespace fs = std::filesystem;

std::string stamp(const std::string& body, std::uint64_t, const std::string&) { return body; }

class Migrations : public testing::Test {
 protected:
  [[nodiscard]] fs::path file() const { return folder_.path() / "journal.db"; }

  // A journal of `version` as that version left it, with two events and a subscriber.
  void make(int version) const {
    SQLite::Database database(file().string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    database.exec("PRAGMA journal_mode = WAL");
    bring_forward(database, 1);
    database.exec(R"sql(
      INSERT INTO batch VALUES(1, '20261123B1', '', '2026-11-23', 'post', 0, 0, 0, 1);
      INSERT INTO scan VALUES(1, 1, 1, 'a.tif', 'hash', 0, 9, 1, '', '', 1, 1, '[]');
      INSERT INTO page VALUES(1, 0, 0, 'picture', 3, 'f', '1', 1, '', 1);
      INSERT INTO document VALUES(1, 'PK-1', 1, 1, 2, 1, 1, 'f', '[]', '', '');
      INSERT INTO event VALUES(1, 'k', 'PK-1',
        '{"type": "t", "time": "2026-01-01T00:00:00Z", "data": {"form": {"id": "f"}}}');
      INSERT INTO event VALUES(2, 'l', 'PK-2', '{"type": "u", "data": {"form": null}}');
      UPDATE stream SET head = 2;
      INSERT INTO subscriber VALUES('s', 1);
      INSERT INTO audit VALUES(1, '2026-01-01T08:00:00Z', 'file_claimed', 'S1', '', 'h');
    )sql");
    bring_forward(database, version);
  }

  // What the open journal says of the rows of make().
  static void expect_all_there(Reader& reader) {
    EXPECT_EQ(*reader.head(), 2u);
    const auto heads = *reader.event_heads_after(0, 9);
    ASSERT_EQ(heads.size(), 2u);
    EXPECT_EQ(heads[0].form, "f");
    EXPECT_EQ(heads[1].type, "u");
    EXPECT_EQ(reader.cursor("s")->value().sequence, 1u);
    EXPECT_EQ(reader.batch(1)->value().name, "20261123B1");
    EXPECT_EQ(reader.scan(1)->value().name, "a.tif");
    EXPECT_EQ(reader.pages(1)->size(), 1u);
    EXPECT_EQ(reader.document_named("PK-1")->value().form, "f");
    EXPECT_EQ(reader.audit_after(0, 9)->size(), 1u);
    EXPECT_EQ(*reader.clock(), 1'767'254'400) << "that of the newest audit row";
    EXPECT_EQ(reader.stream_id()->size(), 16u);
    EXPECT_EQ(reader.backlog()->oldest_unread, "2026-01-01T08:00:00Z");
  }

  test::TemporaryFolder folder_;
};

// A step that has been taken somewhere is history: a journal there would never become what a new
// one is. This fails when a step's text changes; a new step is added here with its own hash.
TEST_F(Migrations, are_the_same_as_when_they_were_first_taken) {
  const std::vector<std::string> known{
      "1cad3bddcd6fe4d54990a081ae73927cc0b284f544a03cdb33d3cb94e97663b6",
      "04425ca803f2b6cd1ac505fd2c18062d54c5d6608165e27627f60cff9c764c99",
      "68f25f92d7ea18ff3ce13edbd270e1338cf2006991bc637e88fbfa5e0ceb700e",
      "76258fba47a5f2e162eb32a9a84113afbcc4db8d229ff0e608f47d960105efed",
      "c5aecfebcc81b643e16640bad67cb211b2c0dd5875a3036404ae4d640d6b2c73",
      "fc049953e3fc86fee00c970ce23808784164fc44b76df673a01e69676e8fe371",
      "0e7f2f33af495ba4055e0ccbc8beea45ec37ba4d67130c1d9af8b159140bd0ff",
  };
  ASSERT_EQ(steps().size(), known.size());
  for (std::size_t i = 0; i < known.size(); ++i)
    EXPECT_EQ(sha256_hex(bytes_of(steps()[i].sql)), known[i]) << "step " << i + 1;
}

TEST_F(Migrations, bring_a_journal_of_every_version_forward_with_all_that_it_holds) {
  for (int version = 1; version <= newest_version(); ++version) {
    make(version);
    std::string stream;
    for (int opening = 0; opening < 2; ++opening) {
      const auto journal = open_journal(file(), stamp);
      ASSERT_TRUE(journal) << "version " << version << ": " << journal.error().message;
      expect_all_there((*journal)->reader());
      const std::string named = *(*journal)->reader().stream_id();
      EXPECT_EQ(stream.empty() ? stream = named : named, stream);
    }
    SQLite::Database database(file().string());
    EXPECT_EQ(version_of(database), newest_version());
    fs::remove(file());
  }
}

// Who waits for a large journal can tell that it goes on.
TEST_F(Migrations, tell_all_the_time_which_step_they_are_at) {
  make(1);
  SQLite::Database(file().string(), SQLite::OPEN_READWRITE).exec(R"sql(
    WITH RECURSIVE number(n) AS (SELECT 10 UNION ALL SELECT n + 1 FROM number WHERE n < 20000)
    INSERT INTO event SELECT n, 'k' || n, 'PK-3', '{"type": "t"}' FROM number;
  )sql");
  std::vector<std::string> told;
  ASSERT_TRUE(open_journal(file(), stamp, [&](const std::string& step) { told.push_back(step); }));
  EXPECT_GT(std::ranges::count(told, told.front()), 10) << "within a step too";
  EXPECT_TRUE(told.front().starts_with("step 2 of " + std::to_string(newest_version()) + ": "));
  told.erase(std::unique(told.begin(), told.end()), told.end());
  EXPECT_EQ(told.size(), steps().size() - 1);
  told.clear();
  ASSERT_TRUE(open_journal(file(), stamp, [&](const std::string& step) { told.push_back(step); }));
  EXPECT_TRUE(told.empty()) << "nothing is left to do";
  fs::remove(file());
  ASSERT_TRUE(open_journal(file(), stamp, [&](const std::string& step) { told.push_back(step); }));
  EXPECT_TRUE(told.empty()) << "a new one takes no time";
}

TEST_F(Migrations, are_not_needed_to_tell_which_blobs_a_journal_names) {
  const std::string hash(64, 'a');
  for (int version = 1; version <= newest_version(); ++version) {
    make(version);
    SQLite::Database(file().string(), SQLite::OPEN_READWRITE)
        .exec("UPDATE scan SET sha256 = '" + hash + "'");
    const auto names = blobs_named_in(file());
    ASSERT_TRUE(names) << "version " << version << ": " << names.error().message;
    EXPECT_EQ(*names, std::vector{hash});
    fs::remove(file());
  }
}

TEST_F(Migrations, leave_the_earlier_version_whole_when_one_fails) {
  make(1);
  SQLite::Database database(file().string(), SQLite::OPEN_READWRITE);
  database.exec("CREATE TABLE old_event(x)");  // stands in the way of step 2
  const auto refused = open_journal(file(), stamp);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason, "journal_io");
  EXPECT_EQ(version_of(database), 1);
  EXPECT_EQ(database.execAndGet("SELECT count(*) FROM event WHERE body <> ''").getInt(), 2);
  database.exec("DROP TABLE old_event");
  expect_all_there(open_journal(file(), stamp).value()->reader());
}

int kill_after = 0;  // calls; a handler of SQLite's reaches nothing else
int count_down(void*) {
  if (--kill_after == 0) ::_exit(0);
  return 0;
}

TEST_F(Migrations, go_on_after_a_kill_at_any_moment_of_a_step) {
  int killed = 0;
  bool is_through = false;
  for (int moment = 1; !is_through; moment += 1 + moment / 4) {
    make(1);
    const pid_t child = ::fork();
    if (child == 0) {
      SQLite::Database database(file().string(), SQLite::OPEN_READWRITE);
      kill_after = moment;
      sqlite3_progress_handler(database.getHandle(), 5, count_down, nullptr);
      bring_forward(database);
      ::_exit(1);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    is_through = WEXITSTATUS(status) == 1;
    killed += is_through ? 0 : 1;
    const auto journal = open_journal(file(), stamp);
    ASSERT_TRUE(journal) << journal.error().message;
    expect_all_there((*journal)->reader());
    fs::remove(file());
    fs::remove(file().string() + "-wal");
    fs::remove(file().string() + "-shm");
  }
  EXPECT_GT(killed, 5);
}

TEST_F(Migrations, refuse_a_newer_journal_and_leave_it_as_it_is) {
  make(newest_version());
  const int newer = newest_version() + 1;
  SQLite::Database(file().string(), SQLite::OPEN_READWRITE)
      .exec("PRAGMA user_version = " + std::to_string(newer));
  const auto refused = open_journal(file(), stamp);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::invalid_config);
  EXPECT_EQ(refused.error().reason, "journal_newer");
  EXPECT_NE(refused.error().message.find("version " + std::to_string(newer)), std::string::npos);
  const auto unread = open_reader(file());
  ASSERT_FALSE(unread);
  EXPECT_EQ(unread.error().reason, "journal_newer");
  SQLite::Database database(file().string());
  EXPECT_EQ(version_of(database), newer);
}

TEST_F(Migrations, are_not_waited_for_by_a_reader_but_told) {
  make(1);
  const auto early = open_reader(file());
  ASSERT_FALSE(early);
  EXPECT_EQ(early.error().code, ErrorCode::unavailable);
  EXPECT_EQ(early.error().reason, "journal_older");
  open_journal(file(), stamp).value();
  EXPECT_TRUE(open_reader(file()));
}

TEST_F(Migrations, leave_a_journal_for_its_owner_alone) {
  make(1);
  ASSERT_EQ(::chmod(file().c_str(), 0644), 0) << "as earlier programs made it";
  const auto journal = open_journal(file(), stamp);
  ASSERT_TRUE(journal);
  for (const char* ending : {"", "-wal", "-shm"})
    EXPECT_EQ(fs::status(file().string() + ending).permissions(),
              fs::perms::owner_read | fs::perms::owner_write)
        << ending;
}

}  // namespace
}  // namespace postkamer::journal
