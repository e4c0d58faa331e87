// SPDX-License-Identifier: EUPL-1.2
//
// A picture for people: the upright page with every zone of the form drawn where it was looked for.
#pragma once

#include <vector>

#include "pipeline/extract/registration.h"
#include "pipeline/forms/form.h"
#include "pipeline/model/reading.h"

namespace postkamer {

// Blue-green-red pixels of half the page's resolution. Cells are drawn thin; a field's box is green
// when it was accepted or left empty, orange when it is in doubt; the reading stands above it.
cv::Mat draw_overlay(const UprightPage& page, const extract::Registration& registration,
                     const forms::Form& form, int number, const std::vector<FieldResult>& fields);

}  // namespace postkamer
