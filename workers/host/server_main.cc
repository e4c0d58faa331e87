// SPDX-License-Identifier: EUPL-1.2
#include "workers/host/server_main.h"

#include <sys/signalfd.h>

#include <csignal>

#include <spdlog/spdlog.h>
#include <CLI/CLI.hpp>

#include "workers/host/box_walls.h"
#include "workers/host/process.h"
#include "workers/host/service_manager.h"
#include "workers/host/settings.h"

namespace postkamer::host {
namespace {

constexpr int kExitUsage = 2;
constexpr int kExitStore = 74;
constexpr int kExitConfig = 78;

// To be called before any thread is started, so that none of them takes the signal instead.
int signals_as_descriptor() {
  sigset_t stop_signals;
  sigemptyset(&stop_signals);
  sigaddset(&stop_signals, SIGTERM);
  sigaddset(&stop_signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &stop_signals, nullptr);
  return signalfd(-1, &stop_signals, SFD_CLOEXEC | SFD_NONBLOCK);
}

}  // namespace

int server_main(int argc, char** argv, const ServerOptions& options, Serve serve) {
  die_with_parent();
  forbid_core_files();
  service_manager();
  keep_memory_private();
  CLI::App app(options.help);
  std::string dir;
  std::string config = default_settings_file();
  app.add_option("--dir", dir, "folder of journal, blobs and sockets")->required();
  app.add_option("--config", config, "settings file");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kExitUsage;
  }
  const int stop_fd = signals_as_descriptor();
  start_log(options.name);
  if (stop_fd < 0) return kExitConfig;
  const auto served = serve(dir, config, stop_fd);
  service_manager().stopping();
  if (served) return 0;
  spdlog::error("{}: {}", served.error().reason, served.error().message);
  return served.error().code == ErrorCode::invalid_config ? kExitConfig : kExitStore;
}

}  // namespace postkamer::host
