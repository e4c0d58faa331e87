// SPDX-License-Identifier: EUPL-1.2
//
// The one body of the mains of broker and publisher: command line, signals, log, exit status.
#pragma once

#include <filesystem>

#include "pipeline/base/error.h"

namespace postkamer::host {

struct ServerOptions {
  const char* name;  // in the log
  const char* help;
};

// Serves the mailroom in `dir` until `stop_fd` becomes readable.
using Serve = Result<void> (*)(const std::filesystem::path& dir,
                               const std::filesystem::path& config, int stop_fd);

// Reads `--dir DIR [--config FILE]` and serves until SIGTERM or SIGINT. Gives the exit status: 0
// after an orderly stop, 2 for a wrong command line, 78 (EX_CONFIG) when settings or sockets are
// wrong, 74 (EX_IOERR), which may be tried again, when journal or blobs cannot be read or written,
// or an address cannot be had.
int server_main(int argc, char** argv, const ServerOptions& options, Serve serve);

}  // namespace postkamer::host
