// SPDX-License-Identifier: EUPL-1.2
//
// Whether what is printed beside the fields is what the form prints there. A form of somebody else
// may have the same boxes in the same places and ask for something else in them.
#pragma once

#include <vector>

#include "pipeline/extract/registration.h"
#include "pipeline/forms/form.h"
#include "pipeline/model/reading.h"

namespace postkamer::extract {

// A value beside another label than the form's is another field's: its reading is in doubt
// (field_print_missing), however well it was read. Where several labels are others', every reading
// is. True then: the page only looks like that form. Only the form's own letters are looked for:
// what is written or stamped over them does no harm. Of a form without print beside its fields
// nothing is said. Deterministic. Throws cv::Exception when memory runs out.
bool check_labels(const GrayImage& original, const Registration& registration,
                  const BlankPage& blank, const forms::Form& form, std::vector<Reading>& readings);

}  // namespace postkamer::extract
