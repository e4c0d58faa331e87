// SPDX-License-Identifier: EUPL-1.2
//
// The ocr job: an upright page -> its words.
#pragma once

#include "workers/host/settings.h"
#include "workers/host/worker.h"

namespace postkamer::workers {

// Loads the OCR engine. Fails with: unavailable (a language is not installed).
Result<host::Handler> ocr_handler(const host::Settings& settings);

}  // namespace postkamer::workers
