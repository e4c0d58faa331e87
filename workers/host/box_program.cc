// SPDX-License-Identifier: EUPL-1.2
#include "workers/host/box_program.h"

#include <fcntl.h>
#include <linux/sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <new>
#include <string>
#include <utility>

#include <CLI/CLI.hpp>

#include "pipeline/base/sanitized.h"
#include "workers/host/descriptor.h"
#include "workers/host/page_process.h"
#include "workers/wire/message.h"

namespace postkamer::host {
namespace {

constexpr int kExitUsage = 2;

// What comes from the worker is believed: its own limits have passed it.
constexpr BoxLimits kFromWorker{64u << 20, 4096, std::uint64_t{8} << 30, 64};

int complain(const Error& error) {
  std::cerr << error.message << std::endl;
  return kExitBoxConfig;
}

Result<std::vector<Bytes>> ask_worker(nlohmann::json question) {
  PK_CHECK(send(kBoxSocket, {BoxMessageType::question, std::move(question), {}}));
  PK_TRY(reply, receive(kBoxSocket, kFromWorker));
  if (reply.type == BoxMessageType::answer) return std::move(reply.blobs);
  return tl::unexpected(wire::error_from(reply.body));
}

// What was thrown is not repeated in the message: it may quote what was read.
Result<Outcome> run_guarded(const Handler& handler, Task& task) {
  try {
    return handler(task);
  } catch (const std::bad_alloc&) {
    return fail(ErrorCode::resource_limit, "worker_memory",
                "while doing " + task.kind + ": no memory left for it; limit memory_mib");
  } catch (const std::exception&) {
    return fail(ErrorCode::internal, "worker_exception",
                "while doing " + task.kind + ": the handler threw an exception");
  }
}

// Words of libraries about what they read are not for a log.
bool silence() {
  const int nowhere = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  bool good = nowhere >= 0;
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (kIsSanitized && stream == STDERR_FILENO) continue;  // where they tell what they found
    good = good && ::dup2(nowhere, stream) == stream;
  }
  if (nowhere > kBoxSocket) ::close(nowhere);
  return good;
}

BoxMessage answer_to(const Handler& handler, BoxMessage asked) {
  Task task{asked.body.value("kind", std::string()),
            asked.body.value("body", nlohmann::json::object()), std::move(asked.blobs)};
  auto outcome = run_guarded(handler, task);
  if (outcome)
    return {BoxMessageType::outcome, std::move(outcome->body), std::move(outcome->blobs)};
  return {BoxMessageType::failure, wire::to_json(outcome.error()), {}};
}

// The template: says that it is ready, and returns in each copy of itself (true), its socket in
// place, and once the worker is gone (false). A copy is a child of the worker, who waits for it.
bool make_copies() {
  if (!send(kBoxSocket, {BoxMessageType::ready, nlohmann::json::object(), {}})) return false;
  for (int socket; (socket = receive_descriptor(kBoxSocket)) >= 0;) {
    const auto pid = static_cast<pid_t>(::syscall(SYS_clone, CLONE_PARENT | SIGCHLD, 0, 0, 0, 0));
    if (pid == 0) return ::dup2(socket, kBoxSocket) == kBoxSocket;
    ::close(socket);
    if (::write(kBoxSocket, &pid, sizeof pid) != sizeof pid) return false;
  }
  return false;
}

}  // namespace

Ceilings ceilings_of(const Settings& settings) {
  Ceilings ceilings;
  ceilings.memory_bytes = std::uint64_t{settings.box.memory_mib} << 20;
  return ceilings;
}

int serve_shut_in(const Handler& handler, const Ceilings& ceilings,
                  const KernelFeatures& features) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (!silence()) return kExitBoxConfig;
  ::close_range(kBoxSocket + 1, ~0u, 0);
  // Told by its exit status: there is nowhere left to write.
  if (!shut_in(ceilings, features)) return kExitBoxConfig;
  if (!send(kBoxSocket, {BoxMessageType::ready, nlohmann::json::object(), {}})) return 0;
  for (;;) {
    auto asked = receive(kBoxSocket, kFromWorker);
    if (!asked) return 0;
    if (!send(kBoxSocket, answer_to(handler, std::move(*asked)))) return 0;
  }
}

int box_main(int argc, char** argv, const MakeBoxHandler& make_handler) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  forbid_core_files();
  CLI::App app("A box of a Postkamer worker; started by its worker");
  std::string config = default_settings_file();
  bool is_template = false;
  app.add_option("--config", config, "settings file");
  app.add_flag(kTemplateFlag, is_template, "make a copy of itself for every box");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kExitUsage;
  }
  const auto settings = load_settings(config);
  if (!settings) return complain(settings.error());
  const KernelFeatures features = probe_kernel();
  if (const auto walls = check_walls(settings->box.required, features); !walls)
    return complain(walls.error());
  prepare_process();
  const auto handler = make_handler(*settings, ask_worker);
  if (!handler) return complain(handler.error());
  // No static is taken down: whatever hostile bytes did to it, it runs no more.
  std::cout.flush();
  if (is_template && !make_copies()) ::_exit(0);
  ::_exit(serve_shut_in(*handler, ceilings_of(*settings), features));
}

}  // namespace postkamer::host
