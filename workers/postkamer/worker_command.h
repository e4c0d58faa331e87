// SPDX-License-Identifier: EUPL-1.2
//
// `postkamer worker`: workers for a mailroom on another machine.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace postkamer {

struct WorkerCommandOptions {
  std::filesystem::path config;
  std::filesystem::path key;           // key file; names the mailroom
  std::string address;                 // instead of the key file's
  std::vector<std::string> processes;  // "ocr", or "ocr=4"
};

// Keeps the workers running until SIGTERM or SIGINT. Gives an exit status of exit_codes.h.
int worker_command(const WorkerCommandOptions& options);

}  // namespace postkamer
