// SPDX-License-Identifier: EUPL-1.2
#include "workers/postkamer/supervisor.h"

#include <poll.h>
#include <signal.h>

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

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

TEST(Supervisor, stops_all) {
  Supervisor supervisor({sleeper("a"), sleeper("b")});
  ASSERT_TRUE(supervisor.start());
  supervisor.stop(2s);
  for (const auto& child : supervisor.children()) {
    EXPECT_EQ(child.pid, -1);
    EXPECT_EQ(child.last_end, "signal 15");
  }
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
  supervisor.stop(200ms);
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
