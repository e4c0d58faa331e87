// SPDX-License-Identifier: EUPL-1.2
#include "workers/host/worker_main.h"

#include <algorithm>
#include <climits>
#include <cstdint>
#include <iostream>
#include <memory>
#include <utility>

#include <CLI/CLI.hpp>

#include "workers/host/box_check.h"
#include "workers/host/box_walls.h"
#include "workers/host/process.h"
#include "workers/host/secret_key.h"
#include "workers/host/service_manager.h"

namespace postkamer::host {
namespace {

constexpr int kExitUnavailable = 1;
constexpr int kExitUsage = 2;
constexpr int kExitConfig = 78;
// Beyond a box's own time: it is ended by its worker, and the worker only by itself.
constexpr std::chrono::milliseconds kSlack{30'000};

std::filesystem::path beside_us(const char* program) {
  return std::filesystem::read_symlink("/proc/self/exe").parent_path() / program;
}

int complain(const Error& error) {
  std::cerr << error.message << '\n';
  return error.code == ErrorCode::invalid_config ? kExitConfig : kExitUnavailable;
}

}  // namespace

BoxTerms terms_of(const WorkerKind& kind, const Settings& settings) {
  BoxTerms terms;
  terms.job = std::chrono::milliseconds(settings.box.job_ms);
  terms.cpu = std::chrono::milliseconds(settings.box.job_cpu_ms);
  terms.jobs = static_cast<int>(settings.box.renew_after);
  terms.answer.total_bytes = settings.box.answer_bytes;
  if (kind.adjust != nullptr) kind.adjust(settings, terms);
  return terms;
}

BoxedHandler boxed(const WorkerKind& kind, const Settings& settings,
                   const std::filesystem::path& config) {
  const auto check = [limits = settings.limits](const Task& task, Outcome& outcome) {
    return check_outcome(task, outcome, limits);
  };
  return {BoxProgram{beside_us(kind.box), {"--config", config.string()}}, terms_of(kind, settings),
          check, kind.make_service != nullptr ? kind.make_service(settings) : BoxService()};
}

int worker_main(int argc, char** argv, const std::vector<std::string>& kinds,
                const MakeHandler& make_handler) {
  die_with_parent();
  forbid_core_files();
  service_manager();
  keep_memory_private();
  CLI::App app("A Postkamer worker; started by `postkamer run` and `postkamer serve`");
  std::string endpoint;
  std::string config = default_settings_file();
  std::string key_file;
  app.add_option("--endpoint", endpoint, "ZeroMQ address of the broker, or of a gate elsewhere");
  app.add_option("--key", key_file, "key file for a gate; it names its address too");
  app.add_option("--config", config, "settings file");
  WorkerOptions options;
  int deadline_ms = 0;
  app.add_option("--deadline-ms", deadline_ms, "a job that takes longer ends the process")
      ->check(CLI::PositiveNumber);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const int status = app.exit(error);
    return status == 0 ? 0 : kExitUsage;
  }
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
  const auto made = make_handler(*settings, config);
  if (!made) return complain(made.error());
  service_manager().ready("waiting for work");
  options.endpoint = endpoint;
  options.kinds = kinds;
  if (deadline_ms > 0)
    options.job_deadline_ms = deadline_ms;
  else if (made->deadline)
    options.job_deadline_ms =
        static_cast<int>(std::min<std::int64_t>(made->deadline->count(), INT_MAX));
  return run_worker(options, made->handler, made->prepare);
}

int worker_main(int argc, char** argv, const WorkerKind& kind) {
  const auto make = [&kind](const Settings& settings,
                            const std::filesystem::path& config) -> Result<MadeHandler> {
    const auto boxes = std::make_shared<BoxedHandler>(boxed(kind, settings, config));
    PK_CHECK(boxes->open());
    const BoxTerms terms = terms_of(kind, settings);
    return MadeHandler{[boxes](Task& task) { return (*boxes)(task); },
                       terms.load + terms.job + terms.service + terms.question + kSlack,
                       [boxes] { return boxes->open(); }};
  };
  return worker_main(argc, argv, kind.kinds, make);
}

}  // namespace postkamer::host
