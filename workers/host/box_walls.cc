// SPDX-License-Identifier: EUPL-1.2
#include "workers/host/box_walls.h"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <utility>

#include "pipeline/base/sanitized.h"
#include "workers/host/landlock.h"

namespace postkamer::host {
namespace {

// What a foreign program may read: itself, libraries, fonts and their settings.
constexpr const char* kReadable[] = {"/usr/lib",
                                     "/usr/lib64",
                                     "/lib",
                                     "/lib64",
                                     "/usr/share/fonts",
                                     "/etc/fonts",
                                     "/usr/share/fontconfig",
                                     "/usr/share/poppler",
                                     "/usr/share/xml",
                                     "/usr/local/share/fonts",
                                     "/var/cache/fontconfig",
                                     "/etc/ld.so.cache"};
// And execute beside itself: what loads it.
constexpr const char* kLoaders[] = {"/lib64/ld-linux-x86-64.so.2", "/lib/ld-linux-aarch64.so.1"};

bool lower(int resource, std::uint64_t value) noexcept {
  rlimit limit{};
  const auto which = static_cast<__rlimit_resource>(resource);
  if (::getrlimit(which, &limit) != 0) return false;
  const rlim_t most =
      limit.rlim_max == RLIM_INFINITY ? value : std::min<rlim_t>(value, limit.rlim_max);
  limit.rlim_cur = limit.rlim_max = most;
  return ::setrlimit(which, &limit) == 0;
}

bool lower_all(const Ceilings& ceilings) noexcept {
  bool good = lower(RLIMIT_CORE, 0) && lower(RLIMIT_NPROC, 0) && lower(RLIMIT_MEMLOCK, 0) &&
              lower(RLIMIT_FSIZE, ceilings.file_bytes);
  // Sanitizers look by a pipe whether memory can be read.
  if (!kIsSanitized) good = good && lower(RLIMIT_NOFILE, ceilings.open_files);
  if (ceilings.cpu_seconds > 0) good = good && lower(RLIMIT_CPU, ceilings.cpu_seconds);
  if (ceilings.memory_bytes > 0 && !kIsSanitized)
    good = good && lower(RLIMIT_AS, ceilings.memory_bytes);
  return good;
}

bool give_up_privileges() noexcept {
  return ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0 && ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
}

tl::unexpected<Error> not_closed(const std::string& wall) {
  return fail(ErrorCode::internal, "box_not_closed",
              "while closing a box: " + wall + " cannot be put up; nothing is opened in it");
}

// Landlock holds the thread that asks for it, not its siblings.
bool has_one_thread() {
  std::error_code failed;
  const auto threads = std::filesystem::directory_iterator("/proc/self/task", failed);
  return !failed && std::distance(begin(threads), end(threads)) == 1;
}

}  // namespace

void forbid_core_files() { lower(RLIMIT_CORE, 0); }

Result<void> shut_in(const Ceilings& ceilings, const KernelFeatures& features) {
  if (!has_one_thread() && !kIsSanitized) return not_closed("a wall around more than one thread");
  CallFilter filter;
  if (features.seccomp) {
    PK_TRY(built, sealed_filter());
    filter = std::move(built);
  }
  if (!give_up_privileges()) return not_closed("no_new_privs");
  if (features.landlock > 0) {
    const int rules = landlock::deny_everything(features.landlock);
    const bool stands = rules >= 0 && landlock::enter(rules);
    if (rules >= 0) ::close(rules);
    if (!stands) return not_closed("Landlock");
  }
  if (!lower_all(ceilings)) return not_closed("a resource limit");
  if (features.seccomp && !enter(filter)) return not_closed("seccomp");
  return {};
}

Result<ForeignWalls> ForeignWalls::around(const std::string& program, const Ceilings& ceilings,
                                          const KernelFeatures& features) {
  CallFilter filter;
  if (features.seccomp) {
    PK_TRY(built, reading_filter(program.c_str()));
    filter = std::move(built);
  }
  int rules = -1;
  if (features.landlock > 0) {
    rules = landlock::deny_everything(features.landlock);
    constexpr auto kRead = landlock::kReadFile | landlock::kReadFolder;
    bool good = rules >= 0 &&
                landlock::allow(rules, program.c_str(), landlock::kReadFile | landlock::kExecute);
    for (const char* loader : kLoaders)
      good = good && landlock::allow(rules, loader, landlock::kReadFile | landlock::kExecute);
    for (const char* place : kReadable) good = good && landlock::allow(rules, place, kRead);
    if (!good) {
      if (rules >= 0) ::close(rules);
      return not_closed("Landlock");
    }
  }
  return ForeignWalls(ceilings, rules, std::move(filter));
}

ForeignWalls::ForeignWalls(ForeignWalls&& other) noexcept
    : ceilings_(other.ceilings_),
      rules_(std::exchange(other.rules_, -1)),
      filter_(std::move(other.filter_)) {}

ForeignWalls::~ForeignWalls() {
  if (rules_ >= 0) ::close(rules_);
}

bool ForeignWalls::close() const noexcept {
  return give_up_privileges() && lower_all(ceilings_) && (rules_ < 0 || landlock::enter(rules_)) &&
         (filter_.empty() || enter(filter_));
}

}  // namespace postkamer::host
