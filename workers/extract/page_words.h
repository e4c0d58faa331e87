// SPDX-License-Identifier: EUPL-1.2
//
// The words of a registered page without reading it as a whole: what its form prints, what stands
// in its fields, and what was found beside them.
#pragma once

#include <vector>

#include "pipeline/extract/registration.h"
#include "pipeline/forms/form.h"
#include "pipeline/forms/print.h"
#include "pipeline/model/page.h"
#include "pipeline/model/reading.h"

namespace postkamer::workers {

// The words in the fields: those the engine read, and the characters of combs, a word for every
// run of them without a space. Boxes in original px.
std::vector<Word> words_of_fields(const forms::Form& form, const std::vector<Reading>& readings,
                                  const extract::Registration& registration);

// All words in reading order: line by line of the form, `line` counted from 0. `printed` is in mm;
// what lies outside a picture of width_px by height_px is left out. `turn` is the one that sets the
// original upright.
RecognisedPage page_words(const std::vector<forms::PrintedWord>& printed, std::vector<Word> added,
                          const extract::Registration& registration, double width_px,
                          double height_px);

}  // namespace postkamer::workers
