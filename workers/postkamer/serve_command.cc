// SPDX-License-Identifier: EUPL-1.2
#include "workers/postkamer/serve_command.h"

#include <poll.h>

#include <sodium.h>

#include <chrono>
#include <csignal>
#include <iostream>

#include "workers/host/lock_file.h"
#include "workers/host/process.h"
#include "workers/host/secret_key.h"
#include "workers/host/service_manager.h"
#include "workers/journal/audit_key.h"
#include "workers/journal/checkpoint.h"
#include "workers/postkamer/exit_codes.h"
#include "workers/postkamer/mailroom.h"
#include "workers/postkamer/mending.h"
#include "workers/postkamer/pulse.h"
#include "workers/postkamer/stop_signal.h"

namespace postkamer {
namespace {

constexpr int kReadyMs = 30'000;
constexpr auto kStopGrace = std::chrono::milliseconds(9'000);
constexpr int kLookMs = 100;

int complain(const Error& error) {
  std::cerr << error.message << '\n';
  return error.code == ErrorCode::invalid_config ? exit_code::kConfig : exit_code::kFailed;
}

Result<void> check_inboxes(const host::Settings& settings) {
  if (settings.inboxes.empty())
    return fail(ErrorCode::invalid_config, "inbox_none",
                "while starting the mailroom: the settings name no [[inbox]]; add one with a name "
                "and a folder");
  for (const auto& inbox : settings.inboxes) {
    std::error_code failed;
    std::filesystem::create_directories(inbox.folder, failed);
    if (failed)
      return fail(ErrorCode::invalid_config, "inbox_unusable",
                  "while making the inbox " + inbox.folder.string() + ": " + failed.message());
  }
  return host::check_inbox_folders(settings.inboxes, settings.data);
}

// Over tcp only with keys: told now, not when the gate dies of it.
Result<void> check_gate(const host::Settings& settings) {
  if (!settings.gate) return {};
  PK_CHECK(host::read_key_file(settings.gate->keys / "server.key"));
  return {};
}

// The first start makes the key that vouches for the audit. Where there are checkpoints of an
// earlier one, somebody has to say which key it is.
Result<void> make_audit_key(const host::Settings& settings) {
  PK_TRY(known, journal::read_audit_key(settings.audit.key));
  PK_TRY(notes, journal::CheckpointFolder(settings.audit.checkpoints).notes());
  if (known) return {};
  if (!notes.empty())
    return fail(ErrorCode::invalid_config, "audit_key_missing",
                "while starting the mailroom: " + settings.audit.checkpoints.string() +
                    " has checkpoints of the audit, but their key " + settings.audit.key.string() +
                    " is not there; put it back, or make another with `postkamer audit key`");
  PK_TRY(made, journal::make_audit_key(settings.audit.key, "postkamer"));
  std::cerr << "made the audit's key " << settings.audit.key.string()
            << "; keep its public key elsewhere: " << made.verifier().text() << '\n';
  return {};
}

// A start that takes long is told to the service manager, and once to who looks on.
class StartTeller {
 public:
  explicit StartTeller(host::ServiceManager& manager) : manager_(manager) {}
  void operator()(std::chrono::milliseconds waited) {
    manager_.busy("starting; the broker is busy with its journal");
    if (waited.count() < kReadyMs || is_told_) return;
    is_told_ = true;
    std::cerr << "the broker has been busy with its journal for " << waited.count() / 1000
              << " s, and is waited for: after an upgrade, a large one takes minutes\n";
  }

 private:
  host::ServiceManager& manager_;
  bool is_told_ = false;
};

void keep_open(host::ControlClient& client, Supervisor& supervisor, const host::Settings& settings,
               const std::filesystem::path& config) {
  std::cerr << "the mailroom is open\n";
  for (const auto& inbox : settings.inboxes)
    std::cerr << "  inbox " << inbox.name << ": " << inbox.folder.string() << '\n';
  host::ServiceManager& manager = host::service_manager();
  manager.ready("open");
  Pulse pulse(client, manager);
  const auto check = [&] { return settings_right(config); };
  Mending mending(supervisor, check, std::cerr);
  while (!stop_signal_came()) {
    supervisor.tick();
    mending.look();
    pulse.feel();
    if (reload_signal_came()) supervisor.signal("gate", SIGHUP);
    poll(nullptr, 0, kLookMs);
  }
}

}  // namespace

int serve_command(const std::filesystem::path& config) {
  host::ServiceManager& manager = host::service_manager();
  if (sodium_init() < 0) return exit_code::kFailed;
  const auto settings = checked_settings(config);
  if (!settings) return complain(settings.error());
  if (const auto inboxes = check_inboxes(*settings); !inboxes) return complain(inboxes.error());
  if (const auto key = check_gate(*settings); !key) return complain(key.error());
  const auto layout = host::prepare_layout(settings->data);
  if (!layout) return complain(layout.error());
  const auto lock = host::LockFile::try_take(layout->lock_of("mailroom"));
  if (!lock) return complain(lock.error());
  if (!*lock) {
    std::cerr << "another mailroom is open in " << settings->data.string()
              << "; stop that one first\n";
    return exit_code::kRefused;
  }

  if (const auto key = make_audit_key(*settings); !key) return complain(key.error());
  catch_stop_signals();
  catch_reload_signal();
  const MailroomPlan plan{settings->data, config, true};
  Supervisor supervisor(processes_of(plan, *settings));
  if (const auto started = supervisor.start(); !started) return complain(started.error());
  auto client = wait_until_ready(plan, supervisor, kReadyMs, StartTeller(manager));
  if (!client && !stop_signal_came()) return complain(client.error());
  if (client) keep_open(*client, supervisor, *settings, config);
  std::cerr << "stopping\n";
  manager.stopping();
  supervisor.stop(kStopGrace, Supervisor::Order::first_last);
  return exit_code::kOk;
}

}  // namespace postkamer
