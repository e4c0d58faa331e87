// SPDX-License-Identifier: EUPL-1.2
//
// The deskew job: a page -> the page set straight, as a small bilevel picture for reading.
#pragma once

#include "workers/host/settings.h"
#include "workers/host/worker.h"

namespace postkamer::workers {

// Cannot fail at present.
Result<host::Handler> deskew_handler(const host::Settings& settings);

}  // namespace postkamer::workers
