// SPDX-License-Identifier: EUPL-1.2
//
// The one body of all worker mains.
#pragma once

#include <string>
#include <vector>

#include "workers/host/settings.h"
#include "workers/host/worker.h"

namespace postkamer::host {

// Builds the handler once the settings are known: loads models, forms, engines.
using MakeHandler = Result<Handler> (*)(const Settings& settings);

// Reads `--endpoint E --config FILE [--deadline-ms N]`, makes the handler, serves. Gives the exit
// status: 0 after an orderly stop, 2 for a wrong command line, 78 (EX_CONFIG) when settings or
// resources are wrong.
int worker_main(int argc, char** argv, std::vector<std::string> kinds, MakeHandler make_handler);

}  // namespace postkamer::host
