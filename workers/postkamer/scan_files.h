// SPDX-License-Identifier: EUPL-1.2
//
// Which files of a command line or a folder are scans, in the order a person expects.
#pragma once

#include <filesystem>
#include <vector>

#include "pipeline/base/error.h"

namespace postkamer {

struct ScanFiles {
  std::vector<std::filesystem::path> taken;    // natural order: page2 before page10
  std::vector<std::filesystem::path> ignored;  // in the folders, but no scan by its name
};

// Files named are taken whatever they are; of folders, recursively, what ends in .pdf .tif .tiff
// .jpg .jpeg .png, and is no hidden or half-written file. Fails with: invalid_config
// (input_missing) when an input does not exist.
Result<ScanFiles> find_scans(const std::vector<std::filesystem::path>& inputs);

}  // namespace postkamer
