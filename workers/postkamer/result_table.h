// SPDX-License-Identifier: EUPL-1.2
//
// What a run gives, for a person and for a program.
#pragma once

#include <filesystem>
#include <ostream>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "workers/postkamer/export.h"

namespace postkamer {

// One line a document, one line a rejected file, the ledger's sums, where everything lies.
void print_table(std::ostream& out, const std::vector<ExportedDocument>& documents,
                 const nlohmann::json& ledger, const std::filesystem::path& folder);

// {"documents": [{"document", "file", "form", "status", "fields", "accepted", "findings"}],
//  "ledger": {...}}. Holds no field values.
void print_json(std::ostream& out, const std::vector<ExportedDocument>& documents,
                const nlohmann::json& ledger);

}  // namespace postkamer
