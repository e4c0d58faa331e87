// SPDX-License-Identifier: EUPL-1.2
//
// The decode job: the bytes of a scan -> its pages, each with its codes and what kind it is.
#pragma once

#include "workers/host/settings.h"
#include "workers/host/worker.h"

namespace postkamer::workers {

// Cannot fail at present.
Result<host::Handler> decode_handler(const host::Settings& settings);

}  // namespace postkamer::workers
