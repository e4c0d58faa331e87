// SPDX-License-Identifier: EUPL-1.2
//
// `postkamer serve`: the mailroom. Runs all processes, starts the dead again, stops cleanly.
#pragma once

#include <filesystem>

namespace postkamer {

// Serves until SIGTERM or SIGINT, then stops everything within ten seconds.
// Gives an exit status of exit_codes.h.
int serve_command(const std::filesystem::path& config);

}  // namespace postkamer
