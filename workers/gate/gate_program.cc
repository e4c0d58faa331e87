// SPDX-License-Identifier: EUPL-1.2
#include "workers/gate/gate_program.h"

#include <poll.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <chrono>
#include <csignal>

#include <spdlog/spdlog.h>

#include "pipeline/base/sanitized.h"
#include "workers/gate/gate.h"
#include "workers/host/lock_file.h"
#include "workers/host/server_main.h"
#include "workers/host/service_manager.h"
#include "workers/host/settings.h"

namespace postkamer::gate {
namespace {

constexpr int kLockMs = 10'000;
// Well within the time that the service manager gives a start, and so long that ending after it
// again and again is not too often for one.
constexpr std::chrono::milliseconds kPatience{60'000};

sigset_t reload_signal() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGHUP);
  return signals;
}

// A peer that was let in may still send without end. Then this process ends and not the machine;
// and no core of it, with keys inside, is left behind.
void limit_memory(int mebibytes) {
  const rlim_t most = static_cast<rlim_t>(mebibytes) << 20;
  const rlimit none{0, 0};
  ::setrlimit(RLIMIT_CORE, &none);
  const rlimit limit{most, most};
  if (!kIsSanitized) ::setrlimit(RLIMIT_DATA, &limit);
}

bool is_readable(int fd) {
  pollfd item{fd, POLLIN, 0};
  return poll(&item, 1, 0) > 0;
}

Result<void> serve(const std::filesystem::path& dir, const std::filesystem::path& config,
                   int stop_fd) {
  const sigset_t signals = reload_signal();
  const int reload_fd = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
  PK_TRY(settings, host::load_settings(config));
  if (!settings.gate)
    return fail(ErrorCode::invalid_config, "gate_none", "starting the gate: there is no [gate]");
  PK_TRY(layout, host::prepare_layout(dir));
  PK_TRY(lock, host::LockFile::wait(
                   layout.lock_of("gate"), [&] { return is_readable(stop_fd); }, kLockMs));
  if (!lock) return {};
  PK_TRY(server, host::read_key_file(settings.gate->keys / "server.key"));
  limit_memory(settings.gate->memory_mib);
  PK_TRY(gate, Gate::open_patiently({layout, *settings.gate, settings.stream.subscribers},
                                    server.secret, stop_fd, kPatience));
  if (!gate) return {};
  spdlog::info("listening at {}", gate->endpoint());
  host::service_manager().ready("listening");
  return gate->serve(stop_fd, reload_fd);
}

}  // namespace

int gate_program(int argc, char** argv) {
  const sigset_t signals = reload_signal();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  return host::server_main(
      argc, argv, {"gate", "The door for peers on other machines; started by `serve`"}, serve);
}

}  // namespace postkamer::gate
