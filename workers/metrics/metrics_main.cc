// SPDX-License-Identifier: EUPL-1.2
//
// postkamer-metrics --dir DIR [--config FILE]: how the mailroom is, for Prometheus.
#include <poll.h>

#include <spdlog/spdlog.h>

#include "workers/host/lock_file.h"
#include "workers/host/process.h"
#include "workers/host/server_main.h"
#include "workers/host/service_manager.h"
#include "workers/host/settings.h"
#include "workers/metrics/figures.h"
#include "workers/metrics/http_door.h"
#include "workers/metrics/page.h"

namespace {

using namespace postkamer;  // NOLINT: a main of few lines

constexpr int kLockMs = 10'000;

bool is_readable(int fd) {
  pollfd item{fd, POLLIN, 0};
  return poll(&item, 1, 0) > 0;
}

Result<void> serve(const std::filesystem::path& dir, const std::filesystem::path& config,
                   int stop_fd) {
  PK_TRY(settings, host::load_settings(config));
  PK_TRY(layout, host::prepare_layout(dir));
  PK_TRY(lock, host::LockFile::wait(
                   layout.lock_of("metrics"), [&] { return is_readable(stop_fd); }, kLockMs));
  if (!lock) return {};
  const host::MetricsSettings where = settings.metrics;
  PK_TRY(gatherer, metrics::Gatherer::open(layout.dir, std::move(settings)));
  PK_TRY(door, metrics::HttpDoor::open({layout.metrics_socket(), where.address, where.port}));
  spdlog::info("serving");
  host::service_manager().ready("serving");
  door.serve(stop_fd, metrics::kPageType, [&] { return metrics::page_of(gatherer.gather()); });
  return {};
}

}  // namespace

int main(int argc, char** argv) {
  return host::server_main(
      argc, argv, {"metrics", "Figures for Prometheus; started by `postkamer serve`"}, serve);
}
