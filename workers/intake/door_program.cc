// SPDX-License-Identifier: EUPL-1.2
#include "workers/intake/door_program.h"

#include <algorithm>
#include <csignal>
#include <iostream>

#include <CLI/CLI.hpp>

#include "workers/host/lock_file.h"
#include "workers/host/process.h"
#include "workers/host/service_manager.h"
#include "workers/host/worker_main.h"
#include "workers/intake/door.h"
#include "workers/intake/inbox_status.h"

namespace postkamer::intake {
namespace {

constexpr int kExitUsage = 2;
constexpr int kExitTrouble = 74;  // may pass: worth another start
constexpr int kExitConfig = 78;
constexpr int kLockMs = 10'000;

// A signal handler can reach nothing else.
volatile std::sig_atomic_t asked_to_stop = 0;

void stop_on_sigterm() {
  struct sigaction action {};
  action.sa_handler = [](int) { asked_to_stop = 1; };
  sigaction(SIGTERM, &action, nullptr);
  sigaction(SIGINT, &action, nullptr);
}

Result<Door> open_door(const std::string& dir, const std::string& config, const std::string& name) {
  PK_TRY(settings, host::load_settings(config));
  const auto inbox = std::ranges::find(settings.inboxes, name, &host::InboxSettings::name);
  if (inbox == settings.inboxes.end())
    return fail(ErrorCode::invalid_config, "inbox_unknown",
                "while opening inbox " + name + ": " + config + " names no such inbox");
  PK_CHECK(host::check_inbox_folders(settings.inboxes, settings.data));
  const host::Layout layout{dir};
  PK_TRY(blobs, journal::BlobStore::open(layout.blobs()));
  PK_TRY(client, host::ControlClient::connect(layout.control_endpoint()));
  ClaimDesk desk(*inbox, Door::work_of(*inbox), settings.limits, std::move(blobs),
                 std::move(client));
  return Door(*inbox, layout.dir, status_file(layout.run(), name), std::move(desk));
}

}  // namespace

int door_program(int argc, char** argv) {
  host::die_with_parent();
  host::service_manager();
  host::keep_memory_private();
  CLI::App app("The door of one watched folder; started by `postkamer serve`");
  std::string dir, config, inbox;
  app.add_option("--dir", dir, "the mailroom's data folder")->required();
  app.add_option("--config", config, "settings file")->required();
  app.add_option("--inbox", inbox, "name of the inbox in the settings")->required();
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kExitUsage;
  }
  host::start_log("inbox-" + inbox);
  stop_on_sigterm();
  const auto is_stopped = [] { return asked_to_stop != 0; };
  // Two doors would each take a file that the other has claimed.
  const auto lock =
      host::LockFile::wait(host::Layout{dir}.lock_of("inbox-" + inbox), is_stopped, kLockMs);
  if (is_stopped()) return 0;
  if (!lock || !*lock) {
    std::cerr << (lock ? "inbox " + inbox + ": another door is open" : lock.error().message)
              << '\n';
    return kExitConfig;
  }
  auto door = open_door(dir, config, inbox);
  if (!door) {
    std::cerr << door.error().message << '\n';
    return door.error().code == ErrorCode::invalid_config ? kExitConfig : kExitTrouble;
  }
  host::service_manager().ready("watching");
  door->run(is_stopped);
  host::service_manager().stopping();
  return 0;
}

}  // namespace postkamer::intake
