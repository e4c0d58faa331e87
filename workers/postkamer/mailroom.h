// SPDX-License-Identifier: EUPL-1.2
//
// All processes of a mailroom: which they are, in which order they start, and when they are ready.
#pragma once

#include <filesystem>
#include <vector>

#include "pipeline/base/error.h"
#include "workers/host/control_client.h"
#include "workers/host/settings.h"
#include "workers/postkamer/supervisor.h"

namespace postkamer {

struct MailroomPlan {
  std::filesystem::path dir;            // journal, blobs, sockets
  std::filesystem::path settings_file;  // handed to every process
  bool watch_inboxes = false;           // start one door an inbox
};

// The processes of a plan, in starting order: broker, workers, publisher, doors.
// The programs are those beside the running one.
std::vector<ProcessSpec> processes_of(const MailroomPlan& plan, const host::Settings& settings);

// Waits, keeping `supervisor` ticking, until the broker answers.
// Fails with: unavailable (mailroom_not_ready) after `timeout_ms`, telling which process ended how.
Result<host::ControlClient> wait_until_ready(const MailroomPlan& plan, Supervisor& supervisor,
                                             int timeout_ms);

}  // namespace postkamer
