// SPDX-License-Identifier: EUPL-1.2
//
// The decode job: the bytes of a scan -> its pages, each with its codes and what kind it is.
#pragma once

#include "workers/host/box_program.h"

namespace postkamer::workers {

// `ask` has PDF pages drawn (render_service.h). Cannot fail at present.
Result<host::Handler> decode_handler(const host::Settings& settings, const host::AskWorker& ask);

}  // namespace postkamer::workers
