// SPDX-License-Identifier: EUPL-1.2
//
// What a person types into a mark or option field: "ja", "x", an option's value or its label.
#pragma once

#include <string_view>

#include "pipeline/forms/form.h"
#include "pipeline/model/reading.h"

namespace postkamer::validate {

// Checkbox and signature: true for ja, j, x, true, waar, 1; false for nee, n, false, onwaar, 0 and
// nothing. Options: by value or Dutch label, capitals ignored, separated by commas or semicolons.
// Other types: the text itself; nothing for an empty text.
Value value_of_typed(const forms::Field& field, std::string_view typed);

// True when the text names something that is not among the field's options or marks.
bool is_unknown_option(const forms::Field& field, std::string_view typed, const Value& value);

}  // namespace postkamer::validate
