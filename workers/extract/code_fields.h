// SPDX-License-Identifier: EUPL-1.2
//
// Barcode fields: which of the codes found on the page lies in the field's box.
#pragma once

#include <functional>
#include <vector>

#include "pipeline/extract/registration.h"
#include "pipeline/forms/form.h"
#include "pipeline/model/page.h"
#include "pipeline/model/reading.h"

namespace postkamer::workers {

// How full of new ink a field's box is, 0..1; asked for fields in which no code was read.
using InkShare = std::function<double(const Rect& box_mm)>;

// Fills the readings of barcode fields of form page `number`: the code whose centre lies in the
// box; else empty where there is no ink, and unreadable (finding "field_unreadable") where there is
// some. Codes carry check sums, so one that was read is as good as certain. Pure given `ink_share`.
void read_code_fields(const forms::Form& form, int number, const std::vector<Code>& codes,
                      const extract::Registration& registration, const InkShare& ink_share,
                      std::vector<Reading>& readings);

}  // namespace postkamer::workers
