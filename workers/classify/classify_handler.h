// SPDX-License-Identifier: EUPL-1.2
//
// The classify job: an upright page -> which form and page it is, or unknown.
#pragma once

#include "workers/host/settings.h"
#include "workers/host/worker.h"

namespace postkamer::workers {

// Loads all forms. Fails with: invalid_config, every mistake of every form in the message.
Result<host::Handler> classify_handler(const host::Settings& settings);

}  // namespace postkamer::workers
