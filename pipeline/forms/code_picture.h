// SPDX-License-Identifier: EUPL-1.2
//
// Machine-readable codes as rectangles to print. Internal to pipeline/forms.
#pragma once

#include <vector>

#include "pipeline/base/error.h"
#include "pipeline/forms/form.h"

namespace postkamer::forms {

// The dark parts of a code that fills `code.box`, in mm. No quiet zone: keep the box's surroundings
// free of print for four modules.
// Fails with: invalid_config, reason form_code, for an unknown symbology or a text it cannot hold.
Result<std::vector<Rect>> code_picture(const PageCode& code);

}  // namespace postkamer::forms
