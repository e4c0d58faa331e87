// SPDX-License-Identifier: EUPL-1.2
//
// What a person does through a command is written down by the broker before it is done: no trace,
// no look.
#pragma once

#include <filesystem>
#include <string>

#include <nlohmann/json.hpp>

#include "pipeline/base/error.h"

namespace postkamer {

// Who sits here: $USER, else "operator".
std::string person_here();

// Verb record_act of PROTOCOL.md, section 4. Fails with: unavailable (mailroom_closed).
Result<void> record_act(const std::filesystem::path& dir, const std::string& act,
                        const std::string& object,
                        const nlohmann::json& detail = nlohmann::json::object());

}  // namespace postkamer
