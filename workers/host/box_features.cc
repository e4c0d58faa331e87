// SPDX-License-Identifier: EUPL-1.2
#include "workers/host/box_features.h"

#include <linux/seccomp.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdint>

#include "workers/host/landlock.h"

namespace postkamer::host {

KernelFeatures probe_kernel() {
  KernelFeatures features;
  const std::uint32_t kill_process = SECCOMP_RET_KILL_PROCESS;
  features.seccomp = ::syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &kill_process) == 0;
  features.landlock = landlock::abi();
  return features;
}

std::vector<std::string> missing_walls(const std::vector<std::string>& required,
                                       const KernelFeatures& features) {
  std::vector<std::string> missing;
  for (const std::string& wall : required) {
    const bool is_there = (wall == kSeccompWall && features.seccomp) ||
                          (wall == kLandlockWall && features.landlock > 0);
    if (!is_there) missing.push_back(wall);
  }
  return missing;
}

Result<void> check_walls(const std::vector<std::string>& required, const KernelFeatures& features) {
  const auto missing = missing_walls(required, features);
  if (missing.empty()) return {};
  std::string names;
  for (const std::string& wall : missing) names += (names.empty() ? "" : " and ") + wall;
  return fail(ErrorCode::invalid_config, "box_wall_missing",
              "while closing the box in which scans are opened: this kernel has no " + names +
                  ", which the settings demand; use a kernel that has, or take it out of [box] "
                  "required and accept one wall less");
}

}  // namespace postkamer::host
