// SPDX-License-Identifier: EUPL-1.2
//
// The ledger of paper of one batch, as a page that a mailroom signs: what came in, and where every
// sheet of it went. A ledger that does not balance says so first, and names what is missing.
#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "pipeline/forms/report.h"

namespace postkamer {

// `ledger`: the broker's answer to `ledger` (workers/wire/PROTOCOL.md, section 4). `today`: an ISO
// date, what the page says of its own date. Holds names of files, no values of fields.
forms::Report ledger_report(const nlohmann::json& ledger, const std::string& today);

}  // namespace postkamer
