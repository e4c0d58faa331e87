// SPDX-License-Identifier: EUPL-1.2
#include "workers/postkamer/supervisor.h"

#include <poll.h>
#include <signal.h>

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/support/temporary_folder.h"

namespace postkamer {
namespace {

using namespace std::chrono_literals;

// Ticks until `done`, at most five seconds.
bool tick_until(Supervisor& supervisor, const std::function<bool()>& done) {
  const auto deadline = Supervisor::Clock::now() + 5s;
  while (Supervisor::Clock::now() < deadline) {
    supervisor.tick();
    if (done()) return true;
    poll(nullptr, 0, 5);
  }
  return false;
}

ProcessSpec sleeper(const char* name) { return {name, "/bin/sleep", {"1000"}}; }

TEST(Supervisor, starts_a_killed_process_again) {
  Supervisor supervisor({sleeper("a")});
  ASSERT_TRUE(supervisor.start());
  const pid_t first = supervisor.children().at(0).pid;
  kill(first, SIGKILL);
  ASSERT_TRUE(tick_until(supervisor, [&] {
    const pid_t now = supervisor.children().at(0).pid;
    return now > 0 && now != first;
  }));
  EXPECT_EQ(supervisor.children().at(0).last_end, "signal 9");
  EXPECT_EQ(supervisor.children().at(0).restarts, 1);
}

TEST(Supervisor, does_not_spin_on_a_process_that_dies_at_once) {
  Supervisor supervisor(std::vector<ProcessSpec>{{"broken", "/bin/false", {}}});
  ASSERT_TRUE(supervisor.start());
  const auto end = Supervisor::Clock::now() + 400ms;
  while (Supervisor::Clock::now() < end) {
    supervisor.tick();
    poll(nullptr, 0, 1);
  }
  EXPECT_GE(supervisor.children().at(0).restarts, 1);
  EXPECT_LE(supervisor.children().at(0).restarts, 5);
}

TEST(Supervisor, leaves_alone_what_ends_for_wrong_settings_until_it_is_woken) {
  Supervisor supervisor(std::vector<ProcessSpec>{{"ocr-1", "/bin/sh", {"-c", "exit 78"}}});
  ASSERT_TRUE(supervisor.start());
  const auto is_at_rest = [&] { return supervisor.children().at(0).is_at_rest; };
  ASSERT_TRUE(tick_until(supervisor, is_at_rest));
  EXPECT_EQ(supervisor.children().at(0).restarts, 3) << "a file being saved may be half a file";
  const auto end = Supervisor::Clock::now() + 600ms;  // the next pause would be over
  while (Supervisor::Clock::now() < end) {
    supervisor.tick();
    poll(nullptr, 0, 5);
  }
  EXPECT_EQ(supervisor.children().at(0).restarts, 3);
  supervisor.wake();
  EXPECT_FALSE(is_at_rest());
  ASSERT_TRUE(tick_until(supervisor, is_at_rest));
  EXPECT_EQ(supervisor.children().at(0).restarts, 4) << "one try";
}

TEST(Supervisor, stops_all) {
  Supervisor supervisor({sleeper("a"), sleeper("b")});
  ASSERT_TRUE(supervisor.start());
  supervisor.stop(2s, Supervisor::Order::all_at_once);
  for (const auto& child : supervisor.children()) {
    EXPECT_EQ(child.pid, -1);
    EXPECT_EQ(child.last_end, "signal 15");
  }
}

// Ends in order, when it is told to, once `awaited` is there; makes `made` when it is told.
ProcessSpec that_waits(const char* name, const std::filesystem::path& made,
                       const std::filesystem::path& awaited) {
  const std::string script = "trap ': > " + made.string() + "; while ! test -e " +
                             awaited.string() + "; do sleep 0.01; done; exit 0' TERM; : > " +
                             made.string() + "-ready; while :; do sleep 0.01; done";
  return {name, "/bin/sh", {"-c", script}};
}

// One that serves nobody may have much in hand, and has as long as the others to finish it.
TEST(Supervisor, tells_those_that_serve_nobody_to_stop_at_the_same_time) {
  const test::TemporaryFolder folder;
  const auto a = folder.path() / "a";
  const auto b = folder.path() / "b";
  Supervisor supervisor({that_waits("a", a, b), that_waits("b", b, a)});
  ASSERT_TRUE(supervisor.start());
  ASSERT_TRUE(tick_until(supervisor, [&] {
    return std::filesystem::exists(a.string() + "-ready") &&
           std::filesystem::exists(b.string() + "-ready");
  }));
  supervisor.stop(20s, Supervisor::Order::all_at_once);
  for (const auto& child : supervisor.children()) EXPECT_EQ(child.last_end, "exit 0") << child.name;
}

TEST(Supervisor, tells_the_one_that_serves_the_others_when_they_have_ended) {
  const test::TemporaryFolder folder;
  const auto told = folder.path() / "told";
  // The other ends in order only if the first was not told before it.
  const std::string script = "trap 'test -e " + told.string() + " && exit 1; exit 0' TERM; : > " +
                             folder.path().string() + "/ready; while :; do sleep 0.01; done";
  Supervisor supervisor(
      {that_waits("first", told, folder.path()), ProcessSpec{"other", "/bin/sh", {"-c", script}}});
  ASSERT_TRUE(supervisor.start());
  ASSERT_TRUE(tick_until(supervisor, [&] {
    return std::filesystem::exists(told.string() + "-ready") &&
           std::filesystem::exists(folder.path() / "ready");
  }));
  supervisor.stop(20s, Supervisor::Order::first_last);
  EXPECT_EQ(supervisor.children().at(0).last_end, "exit 0");
  EXPECT_EQ(supervisor.children().at(1).last_end, "exit 0");
  EXPECT_TRUE(std::filesystem::exists(told));
}

TEST(Supervisor, kills_what_does_not_listen) {
  const auto deaf_now = std::filesystem::path(testing::TempDir()) / "supervisor_deaf";
  std::filesystem::remove(deaf_now);
  const std::string script =
      "trap '' TERM; : > " + deaf_now.string() + "; while :; do sleep 1; done";
  Supervisor supervisor(std::vector<ProcessSpec>{{"deaf", "/bin/sh", {"-c", script}}});
  ASSERT_TRUE(supervisor.start());
  ASSERT_TRUE(tick_until(supervisor, [&] { return std::filesystem::exists(deaf_now); }));
  const auto begun = Supervisor::Clock::now();
  supervisor.stop(200ms, Supervisor::Order::all_at_once);
  EXPECT_LT(Supervisor::Clock::now() - begun, 2s);
  EXPECT_EQ(supervisor.children().at(0).pid, -1);
}

TEST(Supervisor, says_which_program_cannot_be_executed) {
  Supervisor supervisor(std::vector<ProcessSpec>{{"ghost", "/nonexistent/program", {}}});
  const auto started = supervisor.start();
  ASSERT_FALSE(started);
  EXPECT_NE(started.error().message.find("/nonexistent/program"), std::string::npos);
}

}  // namespace
}  // namespace postkamer
