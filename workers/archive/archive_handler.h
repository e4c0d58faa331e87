// SPDX-License-Identifier: EUPL-1.2
//
// The archive job: the original pictures of a document and their words -> one searchable PDF/A
// and the provenance of every page.
#pragma once

#include "workers/host/settings.h"
#include "workers/host/worker.h"

namespace postkamer::workers {

// Loads font and colour profile. Fails with: unavailable (one of them is not installed).
Result<host::Handler> archive_handler(const host::Settings& settings);

}  // namespace postkamer::workers
