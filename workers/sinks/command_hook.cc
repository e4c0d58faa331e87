// SPDX-License-Identifier: EUPL-1.2
#include "workers/sinks/command_hook.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include <fmt/format.h>

#include "workers/host/descriptor.h"
#include "workers/host/exec_words.h"

namespace postkamer::sinks {
namespace {

using host::Descriptor;

constexpr int kExitTemporary = 75;  // EX_TEMPFAIL of sysexits.h
constexpr Millis kLook{100};

// The body as a file in memory: a program that does not read it cannot make us wait.
bool fill(int file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(file, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return ::lseek(file, 0, SEEK_SET) == 0;
}

// Gives the error number, 0 when it runs, in a process group of its own.
int start(std::vector<std::string> command, std::vector<std::string> environment, int input,
          pid_t& child) {
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_adddup2(&files, input, STDIN_FILENO);
  posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addopen(&files, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF);
  sigset_t ours;  // handled here, not there
  sigemptyset(&ours);
  sigaddset(&ours, SIGTERM);
  sigaddset(&ours, SIGINT);
  posix_spawnattr_setsigdefault(&attributes, &ours);
  const int error =
      posix_spawn(&child, command.front().c_str(), &files, &attributes,
                  host::exec_words(command).data(), host::exec_words(environment).data());
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&files);
  return error;
}

enum class Ended {
  by_itself,
  late,
  stopped
};

Ended wait_for(pid_t child, Millis timeout, const std::function<bool()>& is_stopped, int& status) {
  const Descriptor handle(static_cast<int>(::syscall(SYS_pidfd_open, child, 0)));
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  Ended ended = Ended::by_itself;
  while (true) {
    pollfd watched{handle.get(), POLLIN, 0};
    if (::poll(&watched, 1, static_cast<int>(kLook.count())) > 0) break;
    if (is_stopped()) ended = Ended::stopped;
    if (std::chrono::steady_clock::now() > deadline) ended = Ended::late;
    if (ended != Ended::by_itself) break;
  }
  ::kill(-child, SIGKILL);  // also what it has left behind
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return ended;
}

}  // namespace

Outcome CommandHook::deliver(const Parcel& parcel, const std::function<bool()>& is_stopped) {
  const Descriptor input(static_cast<int>(::syscall(SYS_memfd_create, "event", MFD_CLOEXEC)));
  pid_t child = 0;
  const int error = fill(input.get(), parcel.body)
                        ? start(command_,
                                {"PATH=/usr/local/bin:/usr/bin:/bin", "LC_ALL=C.UTF-8",
                                 "POSTKAMER_EVENT_ID=" + parcel.id,
                                 fmt::format("POSTKAMER_EVENT_SEQUENCE={}", parcel.sequence)},
                                input.get(), child)
                        : errno;
  if (error != 0) return {Outcome::Kind::unreachable, "sink_command", std::strerror(error), {}};
  int status = 0;
  switch (wait_for(child, timeout_, is_stopped, status)) {
    case Ended::stopped: return {Outcome::Kind::stopped, "", "", {}};
    case Ended::late:
      return {Outcome::Kind::refused, "sink_slow", fmt::format("{} ms", timeout_.count()), {}};
    case Ended::by_itself: break;
  }
  if (WIFSIGNALED(status))
    return {Outcome::Kind::refused, "sink_refused", fmt::format("signal {}", WTERMSIG(status)), {}};
  const int code = WEXITSTATUS(status);
  if (code == 0) return {};
  const auto kind = code == kExitTemporary ? Outcome::Kind::unreachable : Outcome::Kind::refused;
  return {kind,
          code == kExitTemporary ? "sink_later" : "sink_refused",
          fmt::format("exit status {}", code),
          {}};
}

}  // namespace postkamer::sinks
