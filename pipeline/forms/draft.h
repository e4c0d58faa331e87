// SPDX-License-Identifier: EUPL-1.2
//
// Drafts a form definition from a blank: finds boxes, combs, ruled lines, check boxes and the
// labels beside them.
#pragma once

#include <string>
#include <vector>

#include "pipeline/forms/form.h"
#include "pipeline/model/image.h"
#include "pipeline/model/page.h"

namespace postkamer::forms {

// Finds the fields of one blank page.
//
// Requires: `page` straight (a rendered PDF or a deskewed scan), 200-400 dpi; `words` from the
//           page's text layer or OCR, boxes in px of `page`; may be empty (fields get numbers).
// Gives:    fields in reading order with boxes in mm and labels; a person edits the result.
// Deterministic.
std::vector<Field> draft_fields(const GrayImage& page, const std::vector<Word>& words, int number);

// A form as TOML in canonical order: fixed keys, millimetres with one decimal.
std::string form_toml(const Form& form);

}  // namespace postkamer::forms
