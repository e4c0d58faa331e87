// SPDX-License-Identifier: EUPL-1.2
//
// `postkamer run`: a whole mailroom for one batch. Starts broker and workers, reads every file,
// writes the records, stops.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace postkamer {

struct RunOptions {
  std::vector<std::filesystem::path> inputs;
  std::filesystem::path out;
  std::filesystem::path config;
  std::filesystem::path forms;  // folder of form definitions; empty = that of the settings
  std::string date_of_receipt;  // ISO; empty = today
  bool json = false;            // result as JSON on stdout instead of a table
  bool quiet = false;
  bool keep_work = false;  // leave journal and blobs in OUT/work
};

// Gives an exit status of exit_codes.h.
int run_command(const RunOptions& options);

}  // namespace postkamer
