// SPDX-License-Identifier: EUPL-1.2
//
// The one body of all worker mains: the side that talks to the broker and opens nothing.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "workers/host/box.h"
#include "workers/host/settings.h"

namespace postkamer::host {

// What kind of worker a program is.
struct WorkerKind {
  std::vector<std::string> kinds;  // of jobs
  const char* box;                 // its program, in the folder of the worker's own
  // Terms of this kind's boxes where they are not those of all; may be null.
  void (*adjust)(const Settings& settings, BoxTerms& terms) = nullptr;
  // What it does for a box that cannot do it; may be null.
  BoxService (*make_service)(const Settings& settings) = nullptr;
};

// The terms of a kind's boxes as the settings have them.
BoxTerms terms_of(const WorkerKind& kind, const Settings& settings);

// The handler of a kind: boxes of the program that lies beside the running one.
BoxedHandler boxed(const WorkerKind& kind, const Settings& settings,
                   const std::filesystem::path& config);

// What a worker works with: its handler, the time a job may take (none = WorkerOptions' own), and
// what is to be seen to before each.
struct MadeHandler {
  Handler handler;
  std::optional<std::chrono::milliseconds> deadline;
  Prepare prepare = {};
};
using MakeHandler = std::function<Result<MadeHandler>(const Settings& settings,
                                                      const std::filesystem::path& config)>;

// Reads `--endpoint E --config FILE [--deadline-ms N]`, or `--key FILE` for E elsewhere; makes the
// handler, serves. Gives the exit status: 0 after an orderly stop, 2 for a wrong command line, 78
// (EX_CONFIG) when settings, resources or walls are wrong, 1 when the handler cannot be made for
// now, or as run_worker.
int worker_main(int argc, char** argv, const std::vector<std::string>& kinds,
                const MakeHandler& make_handler);

// The same with boxes of the kind as its handler.
int worker_main(int argc, char** argv, const WorkerKind& kind);

}  // namespace postkamer::host
