// SPDX-License-Identifier: EUPL-1.2
#include "tests/unit/workers/publisher/durable_inbox.h"

#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <random>

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <SQLiteCpp/Transaction.h>

#include "workers/publisher/subscriber.h"

namespace postkamer::publisher {
namespace {

constexpr int kPatienceMs = 30'000;
constexpr int kBusyMs = 5'000;

SQLite::Database open(const std::filesystem::path& file) {
  SQLite::Database database(file.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE, kBusyMs);
  database.exec("PRAGMA journal_mode = WAL");
  // No key on the id: an event that came twice must show, not be swallowed.
  database.exec(
      "CREATE TABLE IF NOT EXISTS inbox(place INTEGER PRIMARY KEY, seq INTEGER, id TEXT)");
  database.exec("CREATE TABLE IF NOT EXISTS position(one INTEGER PRIMARY KEY, seq INTEGER)");
  return database;
}

std::uint64_t number(SQLite::Database& database, const char* sql) {
  return static_cast<std::uint64_t>(database.execAndGet(sql).getInt64());
}

// What a subscriber's author writes: take some, keep them with the position, take the next.
bool follow(const std::string& endpoint, const std::string& name, const std::filesystem::path& file,
            std::uint64_t until) {
  SQLite::Database database = open(file);
  const std::uint64_t from = number(database, "SELECT coalesce(max(seq), 0) FROM position");
  auto subscriber = Subscriber::connect({endpoint, name, from}, kPatienceMs);
  if (!subscriber) return false;
  SQLite::Statement keep(database, "INSERT INTO inbox(seq, id) VALUES(?, ?)");
  SQLite::Statement move(database, "INSERT OR REPLACE INTO position VALUES(1, ?)");
  while (subscriber->position() < until) {
    const auto events = subscriber->next(kPatienceMs);
    if (!events || events->empty()) return false;
    SQLite::Transaction transaction(database);
    for (const StreamEvent& event : *events) {
      keep.bind(1, static_cast<std::int64_t>(event.sequence));
      keep.bind(2, event.id);
      keep.exec();
      keep.reset();
    }
    move.bind(1, static_cast<std::int64_t>(subscriber->position()));
    move.exec();
    move.reset();
    transaction.commit();
  }
  return true;
}

}  // namespace

pid_t start_inbox(const std::string& endpoint, const std::string& name,
                  const std::filesystem::path& file, std::uint64_t until) {
  const pid_t child = ::fork();
  if (child != 0) return child;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::_exit(follow(endpoint, name, file, until) ? 0 : 1);
}

InboxCount count_inbox(const std::filesystem::path& file) {
  SQLite::Database database = open(file);
  return {number(database, "SELECT count(*) FROM inbox"),
          number(database, "SELECT count(DISTINCT id) FROM inbox"),
          number(database, "SELECT coalesce(max(seq), 0) FROM inbox"),
          number(database, "SELECT count(*) FROM inbox WHERE seq <> place") == 0};
}

InboxCount killed_inbox(const std::string& endpoint, const std::string& name,
                        const std::filesystem::path& file, std::uint64_t until, int kills,
                        unsigned seed) {
  std::mt19937 random(seed);
  std::uniform_int_distribution<int> moment(0, 20);
  for (int kill = 0; kill <= kills; ++kill) {
    const std::uint64_t before = count_inbox(file).rows;
    const pid_t child = start_inbox(endpoint, name, file, until);
    const std::uint64_t share = until / static_cast<std::uint64_t>(kills + 2);
    if (kill < kills) {
      int ended = 0;
      while (count_inbox(file).rows < before + share / 2 && ended == 0) {
        ended = ::waitpid(child, nullptr, WNOHANG);
        poll(nullptr, 0, 1);
      }
      poll(nullptr, 0, moment(random));
      ::kill(child, SIGKILL);
    }
    ::waitpid(child, nullptr, 0);
  }
  return count_inbox(file);
}

}  // namespace postkamer::publisher
