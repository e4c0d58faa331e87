// SPDX-License-Identifier: EUPL-1.2
//
// The other side of a box: the body of the programs that are executed in one. Loads settings and
// models, shuts itself in, and works until its worker is gone.
#pragma once

#include <functional>
#include <vector>

#include "workers/host/box_channel.h"
#include "workers/host/box_walls.h"
#include "workers/host/settings.h"
#include "workers/host/worker.h"

namespace postkamer::host {

inline constexpr int kBoxSocket = 3;                        // where the worker is to be found
inline constexpr const char* kTemplateFlag = "--template";  // be one: box.h
inline constexpr int kExitBoxConfig = 78;                   // EX_CONFIG: it can never do its work
inline constexpr std::size_t kMostReason = 64;
inline constexpr std::size_t kMostMessage = 4096;

// Asks the worker, from inside, for what a box cannot do. Fails with what the worker answered, or
// unavailable (box_gone).
using AskWorker = std::function<Result<std::vector<Bytes>>(nlohmann::json question)>;

// Builds the handler once the settings are known: loads models, forms, engines.
using MakeBoxHandler =
    std::function<Result<Handler>(const Settings& settings, const AskWorker& ask)>;

// Reads `--config FILE [--template]`, makes the handler, shuts in, serves on kBoxSocket; a template
// stays outside and makes a copy of itself for every socket that it is sent there: the copy shuts
// in and serves on that one. Gives the exit status: 0 when the worker is gone, 2 for a wrong
// command line, kExitBoxConfig when settings, resources or walls are wrong (told on stderr).
int box_main(int argc, char** argv, const MakeBoxHandler& make_handler);

// Ceilings of a box as the settings have them.
Ceilings ceilings_of(const Settings& settings);

// Shuts the process in and serves `handler` until the worker is gone. Gives the exit status.
int serve_shut_in(const Handler& handler, const Ceilings& ceilings, const KernelFeatures& features);

}  // namespace postkamer::host
