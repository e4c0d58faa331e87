// SPDX-License-Identifier: EUPL-1.2
//
// Lays a claim aside once its batch is closed: what was accepted, and what came before, in
// processed/, what was refused in rejected/ with its reason. Nothing is ever deleted.
//
//   processed/<yyyy>/<mm>/<dd>/<batch>/NAME, manifest.json; NAME.txt beside a duplicate
//   rejected/<yyyy>/<mm>/<dd>/<batch>/NAME, NAME.txt (Dutch; names the folder to drag it back to),
//   NAME.json
#pragma once

#include <filesystem>

#include <nlohmann/json.hpp>

#include "pipeline/base/error.h"
#include "workers/host/inbox_settings.h"

namespace postkamer::intake {

// `ledger`: the broker's answer for the claim's batch. Safe to repeat after a crash at any point;
// the claim is gone afterwards. Fails with: unavailable, as write_file and move_entry do; what was
// not moved yet is still in the claim.
Result<void> settle_claim(const std::filesystem::path& claim, const host::InboxSettings& inbox,
                          const nlohmann::json& ledger);

}  // namespace postkamer::intake
