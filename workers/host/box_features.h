// SPDX-License-Identifier: EUPL-1.2
//
// What the running kernel offers to close a box with, and what the settings demand of it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "pipeline/base/error.h"

namespace postkamer::host {

struct KernelFeatures {
  bool seccomp = false;  // filters on system calls that end the whole process
  int landlock = 0;  // ABI of Landlock: 0 none, 2 Debian 12 (files only), 4 tcp too, 6 signals too
};

// Asks the kernel. No privileges needed, nothing changed.
KernelFeatures probe_kernel();

// The words of [box] required in the settings.
inline constexpr std::string_view kSeccompWall = "seccomp";
inline constexpr std::string_view kLandlockWall = "landlock";

// What of `required` this kernel lacks, in that order.
std::vector<std::string> missing_walls(const std::vector<std::string>& required,
                                       const KernelFeatures& features);

// Fails with: invalid_config (box_wall_missing), naming what is missing and what to do.
Result<void> check_walls(const std::vector<std::string>& required, const KernelFeatures& features);

}  // namespace postkamer::host
