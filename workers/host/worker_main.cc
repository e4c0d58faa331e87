// SPDX-License-Identifier: EUPL-1.2
#include "workers/host/worker_main.h"

#include <iostream>

#include <CLI/CLI.hpp>

#include "workers/host/process.h"
#include "workers/host/secret_key.h"

namespace postkamer::host {

namespace {
constexpr int kExitUsage = 2;
constexpr int kExitConfig = 78;
}  // namespace

int worker_main(int argc, char** argv, std::vector<std::string> kinds, MakeHandler make_handler) {
  die_with_parent();
  CLI::App app("A Postkamer worker; started by `postkamer run` and `postkamer serve`");
  std::string endpoint;
  std::string config = default_settings_file();
  std::string key_file;
  app.add_option("--endpoint", endpoint, "ZeroMQ address of the broker, or of a gate elsewhere");
  app.add_option("--key", key_file, "key file for a gate; it names its address too");
  app.add_option("--config", config, "settings file");
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
  WorkerOptions options;
  if (!key_file.empty()) {
    auto key = read_key_file(key_file);
    if (!key) return complain(key.error());
    if (endpoint.empty()) endpoint = key->address;
    options.key = std::make_shared<const KeyFile>(std::move(*key));
  }
  if (endpoint.empty()) {
    std::cerr << "--endpoint is missing, and no --key names one\n";
    return kExitUsage;
  }
  const auto settings = load_settings(config);
  if (!settings) return complain(settings.error());
  const auto handler = make_handler(*settings);
  if (!handler) return complain(handler.error());
  options.endpoint = endpoint;
  options.kinds = std::move(kinds);
  return run_worker(options, *handler);
}

}  // namespace postkamer::host
