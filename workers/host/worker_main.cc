// SPDX-License-Identifier: EUPL-1.2
#include "workers/host/worker_main.h"

#include <iostream>

#include <CLI/CLI.hpp>

#include "workers/host/process.h"
#include "workers/host/service_manager.h"

namespace postkamer::host {

namespace {
constexpr int kExitUsage = 2;
constexpr int kExitConfig = 78;
}  // namespace

int worker_main(int argc, char** argv, std::vector<std::string> kinds, MakeHandler make_handler) {
  die_with_parent();
  service_manager();
  CLI::App app("A Postkamer worker; started by `postkamer run` and `postkamer serve`");
  std::string endpoint;
  std::string config = default_settings_file();
  app.add_option("--endpoint", endpoint, "ZeroMQ address of the broker")->required();
  app.add_option("--config", config, "settings file");
  WorkerOptions options;
  app.add_option("--deadline-ms", options.job_deadline_ms,
                 "a job that takes longer ends the process")
      ->check(CLI::PositiveNumber);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const int status = app.exit(error);
    return status == 0 ? 0 : kExitUsage;
  }
  const auto complain = [](const Error& error) {
    std::cerr << error.message << '\n';
    return kExitConfig;
  };
  const auto settings = load_settings(config);
  if (!settings) return complain(settings.error());
  const auto handler = make_handler(*settings);
  if (!handler) return complain(handler.error());
  service_manager().ready("waiting for work");
  options.endpoint = endpoint;
  options.kinds = std::move(kinds);
  return run_worker(options, *handler);
}

}  // namespace postkamer::host
