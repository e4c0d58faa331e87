// SPDX-License-Identifier: EUPL-1.2
//
// An audit row in the words of VNG's Verwerkingenlogging, for a municipality's own processing log.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include "workers/journal/rows.h"

namespace postkamer {

// A "verwerkingsactie" (API 0.9). `source`: urn:nld:oin:OIN:systeem:NAME, of the settings. The
// people a document is about are not named: its id leads to them, for whoever may look.
// `audit_days`: how long the row is kept; 0 = for ever, which leaves bewaartermijn out.
nlohmann::json processing_action(const journal::AuditRow& row, const std::string& source,
                                 int audit_days);

}  // namespace postkamer
