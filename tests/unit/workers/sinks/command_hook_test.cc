// SPDX-License-Identifier: EUPL-1.2
#include "workers/sinks/command_hook.h"

#include <poll.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>

namespace postkamer::sinks {
namespace {

using namespace std::chrono_literals;
using Kind = Outcome::Kind;

// What a shell makes of one parcel.
Outcome run(const std::string& script, Millis timeout = 20s, bool is_stopped = false) {
  CommandHook hook({"/bin/sh", "-c", script}, timeout);
  return hook.deliver({7, "D7.r1", "the body", ""}, [=] { return is_stopped; });
}

// Not gone, and not waiting to be buried.
bool is_running(pid_t process) {
  std::string state;
  std::ifstream stat("/proc/" + std::to_string(process) + "/stat");
  for (std::string word; stat >> word && state.empty();)
    if (word.ends_with(')')) stat >> state;
  return !state.empty() && state != "Z" && state != "X";
}

TEST(CommandHook, gives_the_body_and_the_name_of_the_event) {
  EXPECT_EQ(run("test \"$(cat) $POSTKAMER_EVENT_ID $POSTKAMER_EVENT_SEQUENCE\" = "
                "'the body D7.r1 7'")
                .kind,
            Kind::delivered);
}

TEST(CommandHook, tells_what_became_of_it) {
  EXPECT_EQ(run("exit 0").kind, Kind::delivered) << "the body need not be read";
  EXPECT_EQ(run("exit 3").detail, "exit status 3");
  EXPECT_EQ(run("exit 3").kind, Kind::refused);
  EXPECT_EQ(run("exit 75").kind, Kind::unreachable) << "EX_TEMPFAIL: not now";
  EXPECT_EQ(run("kill -SEGV $$").detail, "signal 11");
}

TEST(CommandHook, kills_what_lasts_too_long_with_its_children) {
  const auto file =
      std::filesystem::temp_directory_path() / ("pk-hook-" + std::to_string(::getpid()));
  const Outcome outcome = run("sleep 600 & echo $! > " + file.string() + "; wait", 300ms);
  EXPECT_EQ(outcome.kind, Kind::refused);
  EXPECT_EQ(outcome.reason, "sink_slow");
  pid_t child = 0;
  std::ifstream(file) >> child;
  std::filesystem::remove(file);
  ASSERT_GT(child, 0);
  const auto end = std::chrono::steady_clock::now() + 10s;  // a kill is sent, and then comes
  while (is_running(child) && std::chrono::steady_clock::now() < end) ::poll(nullptr, 0, 5);
  EXPECT_FALSE(is_running(child));
}

TEST(CommandHook, stops_when_asked_in_the_middle) {
  EXPECT_EQ(run("sleep 600", 600s, true).kind, Kind::stopped);
}

TEST(CommandHook, that_is_not_there_is_everybodys_trouble) {
  CommandHook hook({"/nowhere/at-all"}, 1s);
  const Outcome outcome = hook.deliver({7, "D7.r1", "", ""}, [] { return false; });
  EXPECT_EQ(outcome.kind, Kind::unreachable);
  EXPECT_EQ(outcome.reason, "sink_command");
}

}  // namespace
}  // namespace postkamer::sinks
