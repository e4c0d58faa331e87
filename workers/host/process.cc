// SPDX-License-Identifier: EUPL-1.2
#include "workers/host/process.h"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include "pipeline/base/sanitized.h"

namespace postkamer::host {

Result<Layout> prepare_layout(const std::filesystem::path& dir) {
  std::error_code error;
  const Layout layout{std::filesystem::absolute(dir, error)};
  if (layout.watch_endpoint().size() + 8 >= sizeof(sockaddr_un::sun_path) + sizeof("ipc://") - 1)
    return fail(ErrorCode::invalid_config, "dir_path_too_long",
                "preparing " + layout.dir.string() +
                    ": the path is too long for a socket; use a shorter one");
  if (std::filesystem::exists(layout.restoring(), error))
    return fail(ErrorCode::invalid_config, "restore_unfinished",
                "preparing " + layout.dir.string() +
                    ": a restore was not finished there; remove the folder and restore again");
  for (const auto& folder : {layout.dir, layout.run(), layout.blobs()}) {
    if (!error) std::filesystem::create_directories(folder, error);
  }
  if (!error && ::chmod(layout.run().c_str(), 0700) != 0)
    error = std::error_code(errno, std::generic_category());
  if (error)
    return fail(ErrorCode::invalid_config, "dir_unusable",
                "preparing " + layout.dir.string() + ": " + error.message());
  return layout;
}

void start_log(const std::string& process) {
  auto logger =
      std::make_shared<spdlog::logger>(process, std::make_shared<spdlog::sinks::stderr_sink_mt>());
  logger->set_pattern("%Y-%m-%dT%H:%M:%S.%e %l %n %v");
  if (const char* level = std::getenv(kLogLevelVariable))
    logger->set_level(spdlog::level::from_str(level));
  spdlog::set_default_logger(std::move(logger));
}

void keep_memory_private() {
  if (kIsSanitized) return;
  const rlimit none{0, 0};
  ::setrlimit(RLIMIT_CORE, &none);
  // Where core files go to a program, the limit alone does not hold.
  prctl(PR_SET_DUMPABLE, 0);
}

void die_with_parent() {
  const char* parent = std::getenv(kParentVariable);
  if (parent == nullptr) return;  // started by hand
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  // The parent may have died before the line above took effect.
  if (std::to_string(getppid()) != parent) raise(SIGTERM);
}

}  // namespace postkamer::host
