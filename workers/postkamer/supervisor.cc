// SPDX-License-Identifier: EUPL-1.2
#include "workers/postkamer/supervisor.h"

#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <ranges>

#include <span>
#include "workers/host/box_walls.h"
#include "workers/host/process.h"

namespace postkamer {
namespace {

using namespace std::chrono_literals;

// A process that lived this long may be started again at once.
constexpr auto kHealthyLife = 5s;
constexpr auto kLongestPause = 5s;
constexpr int kConfigEnd = 78;  // EX_CONFIG: it can never start
// A file that is being saved is half a file for a moment.
constexpr int kConfigTries = 3;

std::string end_of(int status) {
  if (WIFSIGNALED(status)) return "signal " + std::to_string(WTERMSIG(status));
  return "exit " + std::to_string(WEXITSTATUS(status));
}

bool is_config_end(int status) { return WIFEXITED(status) && WEXITSTATUS(status) == kConfigEnd; }

std::chrono::milliseconds pause_after(int restarts) {
  const auto pause = 50ms * (1 << std::min(restarts, 7));
  return std::min<std::chrono::milliseconds>(pause, kLongestPause);
}

}  // namespace

Supervisor::Supervisor(std::vector<ProcessSpec> specs) {
  for (auto& spec : specs) {
    Process process;
    process.child.name = spec.name;
    process.spec = std::move(spec);
    processes_.push_back(std::move(process));
  }
}

Supervisor::~Supervisor() { stop(0ms, Order::all_at_once); }

Result<void> Supervisor::start() {
  host::forbid_core_files();  // for all that is started from here
  setenv(host::kParentVariable, std::to_string(getpid()).c_str(), 1);
  for (auto& process : processes_) PK_CHECK(spawn(process));
  return {};
}

Result<void> Supervisor::spawn(Process& process) {
  std::vector<char*> arguments{process.spec.program.data()};
  for (auto& argument : process.spec.arguments) arguments.push_back(argument.data());
  arguments.push_back(nullptr);

  // A group of its own, so that Ctrl-C on the terminal reaches only us and we stop them in order.
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK);
  posix_spawnattr_setpgroup(&attributes, 0);
  sigset_t none;
  sigemptyset(&none);
  posix_spawnattr_setsigmask(&attributes, &none);
  const int failed = posix_spawn(&process.child.pid, process.spec.program.c_str(), nullptr,
                                 &attributes, arguments.data(), environ);
  posix_spawnattr_destroy(&attributes);
  process.started = Clock::now();
  if (failed == 0) return {};
  process.child.pid = -1;
  return fail(ErrorCode::internal, "process_not_started",
              "while starting " + process.spec.name + ": cannot execute " + process.spec.program +
                  " (" + std::strerror(failed) + "); is the build complete?");
}

void Supervisor::reap() {
  for (auto& process : processes_) {
    int status = 0;
    if (process.child.pid < 0 || waitpid(process.child.pid, &status, WNOHANG) != process.child.pid)
      continue;
    process.child.pid = -1;
    process.child.last_end = end_of(status);
    process.config_ends = is_config_end(status) ? process.config_ends + 1 : 0;
    process.child.is_at_rest = process.config_ends >= kConfigTries;
    const auto now = Clock::now();
    const bool healthy = now - process.started > kHealthyLife;
    process.start_again = now + (healthy ? 0ms : pause_after(process.child.restarts));
    ++process.child.restarts;
  }
}

void Supervisor::tick() {
  reap();
  for (auto& process : processes_) {
    if (process.child.pid >= 0 || process.child.is_at_rest) continue;
    if (Clock::now() < process.start_again) continue;
    // It could be executed a moment ago; when it cannot now, the next tick tries once more.
    if (!spawn(process)) process.start_again = Clock::now() + kLongestPause;
  }
}

void Supervisor::wake() {
  for (auto& process : processes_) {
    if (!process.child.is_at_rest) continue;
    process.child.is_at_rest = false;
    process.config_ends = kConfigTries - 1;
    process.start_again = {};
  }
}

void Supervisor::signal(std::string_view name, int number) const {
  for (const auto& process : processes_)
    if (process.child.name == name && process.child.pid > 0) kill(process.child.pid, number);
}

void Supervisor::stop(std::chrono::milliseconds grace, Order order) {
  const std::span all(processes_);
  const auto begun = Clock::now();
  // Whom the last results are for keeps a part of the time to end in order, whatever the others do.
  if (order == Order::first_last && !all.empty()) end(all.subspan(1), begun + grace * 3 / 4);
  end(all, begun + grace);
}

void Supervisor::end(std::span<Process> group, Clock::time_point deadline) {
  const auto is_running = [](const Process& process) { return process.child.pid >= 0; };
  for (const auto& process : group | std::views::reverse)
    if (is_running(process)) kill(process.child.pid, SIGTERM);
  for (reap(); std::ranges::any_of(group, is_running) && Clock::now() < deadline; reap())
    poll(nullptr, 0, 5);
  for (auto& process : group) {
    if (!is_running(process)) continue;
    kill(process.child.pid, SIGKILL);
    int status = 0;
    waitpid(process.child.pid, &status, 0);
    process.child.last_end = end_of(status);
    process.child.pid = -1;
  }
}

std::vector<Supervisor::Child> Supervisor::children() const {
  std::vector<Child> children;
  for (const auto& process : processes_) children.push_back(process.child);
  return children;
}

}  // namespace postkamer
