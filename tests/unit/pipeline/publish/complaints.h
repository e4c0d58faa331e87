// SPDX-License-Identifier: EUPL-1.2
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace postkamer::test {

// What a draft-07 validator has against `json`; empty when it fulfils `schema`.
std::string complaints(const nlohmann::ordered_json& schema, const nlohmann::ordered_json& json);

}  // namespace postkamer::test
