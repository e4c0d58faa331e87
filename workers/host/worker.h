// SPDX-License-Identifier: EUPL-1.2
//
// The loop every worker runs in: says READY with credit, takes tasks, calls the handler, sends the
// result, answers pings from its own I/O thread while the handler computes, leaves on DRAIN or
// SIGTERM.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "pipeline/base/bytes.h"
#include "pipeline/base/error.h"

namespace postkamer::host {

// One piece of work. Stateless: everything that is needed is inside.
struct Task {
  std::string kind;  // flow::name_of(JobKind)
  nlohmann::json body;
  std::vector<Bytes> blobs;  // picture bytes and the like, in the order the body names them
};

struct Outcome {
  nlohmann::json body;
  std::vector<Bytes> blobs;
};

// Does the work; may take the task's blobs away. An Error is an answer (the broker decides on retry
// by its code); an exception is caught by the loop and becomes an internal error.
using Handler = std::function<Result<Outcome>(Task&)>;

struct KeyFile;  // secret_key.h

struct WorkerOptions {
  std::string endpoint;            // "ipc:///run/postkamer/workers.sock", or tcp with a key
  std::vector<std::string> kinds;  // job kinds this worker does
  int credit = 2;                  // tasks it may hold: one running, one waiting
  int job_deadline_ms = 120'000;   // a handler that takes longer ends the process with kExitHung
  std::shared_ptr<const KeyFile> key = nullptr;  // of a worker elsewhere
};

// Sees to what the next task needs, before one is begun. When it fails because the settings are
// wrong (invalid_config), the worker leaves: no task is at fault for it. What else it fails with,
// the handler will find again.
using Prepare = std::function<Result<void>()>;

inline constexpr int kExitHung = 75;
inline constexpr int kExitProtocol = 76;  // the broker speaks no version that we do

// Serves until told to stop. Gives the process's exit status: 0 after an orderly stop, 78
// (EX_CONFIG) when the endpoint cannot be used or `prepare` found the settings wrong,
// kExitProtocol.
int run_worker(const WorkerOptions& options, const Handler& handler, const Prepare& prepare = {});

}  // namespace postkamer::host
