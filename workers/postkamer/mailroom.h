// SPDX-License-Identifier: EUPL-1.2
//
// All processes of a mailroom: which they are, in which order they start, and when they are ready.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/base/error.h"
#include "workers/host/control_client.h"
#include "workers/host/settings.h"
#include "workers/postkamer/supervisor.h"

namespace postkamer {

struct MailroomPlan {
  std::filesystem::path dir;            // journal, blobs, sockets
  std::filesystem::path settings_file;  // handed to every process
  bool is_served = false;  // with a gate, a door an inbox, a process a sink, and metrics
};

// Settings whose forms are right too, on a kernel with the walls that [box] required names: every
// mistake is told now, not when the first worker dies of it.
// Fails with: invalid_config, every mistake on a line of its own.
Result<host::Settings> checked_settings(const std::filesystem::path& file);

// The same, where only whether they are right is asked.
Result<void> settings_right(const std::filesystem::path& file);

// The program of a worker kind ("ocr"), beside the running one; nothing when there is no such kind.
std::optional<std::string> worker_program(std::string_view kind);

// The processes of a plan, in starting order: broker, workers, publisher, gate, metrics, sinks,
// doors.
// The programs are those beside the running one.
std::vector<ProcessSpec> processes_of(const MailroomPlan& plan, const host::Settings& settings);

// Told, while a mailroom is waited for, how long that has been.
using TellWait = std::function<void(std::chrono::milliseconds waited)>;

// Waits, keeping `supervisor` ticking, until the broker answers: as long as the first one lives,
// since it may be bringing a large journal forward; one that ended has `timeout_ms` in all.
// Fails with: unavailable, mailroom_not_ready after that time, telling which process ended how, or
// mailroom_stopped when we were told to stop meanwhile.
Result<host::ControlClient> wait_until_ready(const MailroomPlan& plan, Supervisor& supervisor,
                                             int timeout_ms, const TellWait& tell);

// Fails with: invalid_config (process_cannot_start) when a process keeps ending because its
// settings, models or language files are wrong: it will never do its work, and waiting for it is in
// vain.
Result<void> check_startable(const Supervisor& supervisor);

// Asks, and asks again while the broker is being started anew. For verbs that may be repeated.
// Fails with: what the broker answered, or unavailable after `timeout_ms`.
Result<nlohmann::json> ask_patiently(host::ControlClient& client, Supervisor& supervisor,
                                     std::string_view verb, const nlohmann::json& body,
                                     int timeout_ms = 30'000);

}  // namespace postkamer
