// SPDX-License-Identifier: EUPL-1.2
//
// The extract job (a page of a known form -> readings) and the assemble job (all that is known of a
// document -> its record).
#pragma once

#include "workers/host/settings.h"
#include "workers/host/worker.h"

namespace postkamer::workers {

// Loads all forms, word lists, the handprint model and the OCR engine for printed zones.
// Fails with: invalid_config, unavailable (a model or language is not installed).
Result<host::Handler> extract_handler(const host::Settings& settings);

}  // namespace postkamer::workers
