// SPDX-License-Identifier: EUPL-1.2
#pragma once

#include <nlohmann/json_fwd.hpp>

namespace postkamer::corpus {

// Whether a record's value means the same as the truth's. The record may write it as the digital
// twin does: a number for an amount, an object of yes and no for choices, text for a signature.
// Letter case and the width of spaces do not count: pens do not show them.
bool values_equal(const nlohmann::json& truth, const nlohmann::json& value);

}  // namespace postkamer::corpus
