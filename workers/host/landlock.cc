// SPDX-License-Identifier: EUPL-1.2
#include "workers/host/landlock.h"

#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace postkamer::host::landlock {
namespace {

// Laid out as the kernel's landlock_ruleset_attr of ABI 6; an older one takes the tail when it is
// zero.
struct Ruleset {
  std::uint64_t handled_files = 0;
  std::uint64_t handled_net = 0;
  std::uint64_t scoped = 0;
};

constexpr int kNewestKnown = 6;
// Bits of file rights that an ABI knows: 13 in the first, then refer, truncate, (tcp), device
// ioctl.
constexpr std::array<int, kNewestKnown + 1> kFileBits{0, 13, 14, 15, 15, 16, 16};
constexpr std::uint64_t kTcp = 3;              // bind, connect
constexpr std::uint64_t kSignalsAndNames = 3;  // abstract unix sockets, signals
constexpr std::uint64_t kOnFolders = kReadFolder;

}  // namespace

int abi() {
  const long found =
      ::syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
  return found > 0 ? static_cast<int>(found) : 0;
}

int deny_everything(int abi) {
  const int known = std::clamp(abi, 1, kNewestKnown);
  Ruleset rules;
  rules.handled_files = (std::uint64_t{1} << kFileBits[static_cast<std::size_t>(known)]) - 1;
  if (known >= 4) rules.handled_net = kTcp;
  if (known >= 6) rules.scoped = kSignalsAndNames;
  return static_cast<int>(::syscall(SYS_landlock_create_ruleset, &rules, sizeof rules, 0));
}

bool allow(int rules, const char* path, std::uint64_t rights) {
  const int place = ::open(path, O_PATH | O_CLOEXEC);
  if (place < 0) return errno == ENOENT;
  struct stat about {};
  const bool is_folder = ::fstat(place, &about) == 0 && S_ISDIR(about.st_mode);
  const landlock_path_beneath_attr rule{is_folder ? rights : rights & ~kOnFolders, place};
  const bool added =
      ::syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) == 0;
  ::close(place);
  return added;
}

bool enter(int rules) noexcept { return ::syscall(SYS_landlock_restrict_self, rules, 0) == 0; }

}  // namespace postkamer::host::landlock
