// SPDX-License-Identifier: EUPL-1.2
//
// A ledger as the control door tells it (PROTOCOL.md, section 4).
#pragma once

#include <nlohmann/json.hpp>

#include "workers/journal/ledger.h"

namespace postkamer::broker {

nlohmann::json to_json(const journal::Ledger& ledger);

}  // namespace postkamer::broker
