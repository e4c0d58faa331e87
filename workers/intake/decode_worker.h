// SPDX-License-Identifier: EUPL-1.2
//
// The worker of decode jobs, outside the box: every file meets a box that has seen no other.
#pragma once

#include "workers/host/worker_main.h"

namespace postkamer::workers {

host::WorkerKind decode_worker();

}  // namespace postkamer::workers
