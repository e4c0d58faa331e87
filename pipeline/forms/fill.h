// SPDX-License-Identifier: EUPL-1.2
//
// Writes values into the fields of a printed form: one character a comb cell, text on ruled lines,
// marks in tick boxes, a drawn signature. Internal to pipeline/forms.
#pragma once

#include "pipeline/forms/canvas.h"
#include "pipeline/forms/print.h"

namespace postkamer::forms {

// Puts `filling`'s values of `page`'s fields on the canvas; fields without a value stay empty.
// Deterministic: the deviations of a hand follow from filling.seed and the field's name.
void fill_page(Canvas& canvas, const Form& form, int page, const Filling& filling);

}  // namespace postkamer::forms
