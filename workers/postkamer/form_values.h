// SPDX-License-Identifier: EUPL-1.2
//
// Values to print on a form, as a person writes them in a JSON file.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "pipeline/base/error.h"
#include "pipeline/forms/form.h"
#include "pipeline/model/reading.h"

namespace postkamer {

// {"iban": "NL91...", "akkoord": true, "bijlagen": ["besluit"], "aantal": 3, "bic": null}
// null leaves the field empty; a date as in the record, 2026-10-31, is written 31-10-2026.
// Fails with: invalid_config, reason form_values, the message naming every mistake, one a line; it
// names fields and never repeats a value.
Result<std::map<std::string, Value>> values_from_json(const forms::Form& form,
                                                      std::string_view json);

}  // namespace postkamer
