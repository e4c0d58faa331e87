// SPDX-License-Identifier: EUPL-1.2
//
// The clients that we show to others, each as a process of its own beside a real mailroom.
#include <signal.h>

#include <algorithm>

#include <gmock/gmock.h>

#include "tests/support/stream_oracles.h"
#include "tests/system/mailroom.h"

namespace postkamer::test {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using std::filesystem::path;

constexpr auto kRecordDeadline = 120s;

// One client, writing what it gets to a file.
struct Client {
  std::string name;
  path file;
  std::unique_ptr<ChildProcess> process;
};

class Clients : public testing::Test {
 protected:
  void SetUp() override {
    write_text(mailroom_.config(), read_text(mailroom_.config()) +
                                       "[[subscriber]]\nname = 'node'\n"
                                       "[[subscriber]]\nname = 'cpp'\n"
                                       "[[subscriber]]\nname = 'corrections'\n"
                                       "types = ['formulier-gecorrigeerd']\nbsn = 'masked'\n");
    ASSERT_NO_FATAL_FAILURE(mailroom_.open());
    const path source = path(POSTKAMER_SOURCE_DIR) / "workers/publisher";
    const std::string socket = mailroom_.data() / "run" / "events.sock";
    start("python", {"/usr/bin/python3", source / "subscriber.py", "ipc://" + socket});
    start("node", {"node", source / "subscriber.mjs", socket});
    start("cpp", {program("subscriber_example"), "ipc://" + socket});
    start("corrections", {program("subscriber_example"), "ipc://" + socket});
  }

  void start(const std::string& name, std::vector<std::string> command) {
    command.push_back(name);
    const path file = mailroom_.folder() / (name + ".jsonl");
    clients_.push_back({name, file, std::make_unique<ChildProcess>(command, file)});
  }

  // All three show the first `count` events, the same bytes in the same order.
  void expect_all_have(std::size_t count) {
    for (const char* name : {"python", "node", "cpp"})
      EXPECT_TRUE(
          wait_until([&] { return read_lines(file_of(name)).size() >= count; }, kRecordDeadline))
          << name << ": " << read_text(file_of(name)) << mailroom_.log();
    EXPECT_EQ(read_text(file_of("node")), read_text(file_of("python")));
    EXPECT_EQ(read_text(file_of("cpp")), read_text(file_of("python")));
  }

  [[nodiscard]] path file_of(const std::string& name) const {
    return mailroom_.folder() / (name + ".jsonl");
  }

  void kill_publisher() {
    for (const pid_t pid : children_named(mailroom_.process().pid(), "postkamer-publisher"))
      kill(pid, SIGKILL);
  }

  Mailroom mailroom_{"clients", "settled"};
  std::vector<Client> clients_;
};

TEST_F(Clients, see_records_and_corrections_in_order_through_a_killed_publisher) {
  std::filesystem::copy(samples("letter", ".tif").at(0), mailroom_.inbox() / "letter.tif");
  std::string document;
  const auto waits = [&] {
    const auto list = mailroom_.ask({"review", "list", "--json"}).json();
    if (list.contains("documents") && !list.at("documents").empty())
      document = list.at("documents").at(0).at("document");
    return !document.empty();
  };
  ASSERT_TRUE(wait_until(waits, kRecordDeadline)) << mailroom_.log();
  ASSERT_EQ(mailroom_.ask({"review", "accept", document, "--person", "anna"}).status, 0);
  expect_all_have(1);

  kill_publisher();
  const auto fields = mailroom_.ask({"review", "show", document, "--json"}).json();
  const std::string field = fields.at("record").at("fields").begin().key();
  ASSERT_EQ(mailroom_.ask({"review", "correct", document, field + "=2026-01-02", "--why", "proef"})
                .status,
            0);
  kill_publisher();
  ASSERT_EQ(mailroom_.ask({"review", "withdraw", document, "--why", "proef"}).status, 0);
  expect_all_have(3);

  const auto told = read_lines(file_of("python"));
  EXPECT_EQ(told.at(1).at("data").at("revision"), 2);
  EXPECT_EQ(told.at(1).at("data").at("change").at("fields").at(0).at("field"), field);
  EXPECT_EQ(told.at(2).at("type"), "nl.poststukken.formulier-ingetrokken.v1");
  EXPECT_EQ(mailroom_.ask({"records", "replay"}).out, read_text(file_of("python")))
      << "what is replayed from the first event is what was seen live";
  const auto list = [&] { return mailroom_.ask({"subscriber", "list", "--json"}).json(); };
  EXPECT_TRUE(wait_until(
      [&] {
        const auto listed = list();
        return std::ranges::all_of(listed.at("subscribers"),
                                   [](const auto& one) { return one.at("behind") == 0; });
      },
      30s))
      << "also one that no event is for moves on: " << list();
  for (const char* name : {"python", "node", "cpp"})
    ASSERT_EQ(mailroom_.ask({"subscriber", "move", name, "--to", "1"}).status, 0);
  expect_all_have(5);  // the second and third once more, without being started again
  EXPECT_EQ(read_lines(file_of("python")).at(3), told.at(1));
  std::vector<SeenEvents> seen;
  for (const char* name : {"python", "node", "cpp"})
    seen.push_back(lines_of(read_text(file_of(name))));
  EXPECT_THAT(stream_oracles(mailroom_.data(), seen), testing::IsEmpty());
  EXPECT_EQ(read_text(file_of("corrections")), "") << "a letter is received, not corrected";
}

TEST_F(Clients, that_nobody_knows_are_refused_and_told_so) {
  const std::string socket = "ipc://" + (mailroom_.data() / "run" / "events.sock").string();
  ChildProcess stranger({program("subscriber_example"), socket, "stranger"},
                        mailroom_.folder() / "stranger");
  EXPECT_EQ(stranger.wait(30s).value_or(-1), 1);
  EXPECT_THAT(stranger.output(), testing::HasSubstr("stream_unknown_subscriber"));
  EXPECT_EQ(mailroom_.ask({"subscriber", "move", "stranger", "--to", "0"}).status, 4);
  EXPECT_EQ(mailroom_.ask({"subscriber", "move", "node", "--to", "9"}).status, 5);
}

}  // namespace
}  // namespace postkamer::test
