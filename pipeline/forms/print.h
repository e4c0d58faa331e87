// SPDX-License-Identifier: EUPL-1.2
//
// Prints a form from its definition: the blank a citizen gets, and the same with values filled in.
// The layout is the definition's own boxes, so what is printed is what extract looks for.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "pipeline/base/bytes.h"
#include "pipeline/base/error.h"
#include "pipeline/forms/form.h"
#include "pipeline/model/image.h"
#include "pipeline/model/reading.h"

namespace postkamer::forms {

// How the values are put on the paper.
struct Filling {
  std::map<std::string, Value> values;    // by field name; as written (a date as "03-05-2026")
  std::string font = "DejaVu Sans Mono";  // a handwriting font makes a hand-filled form
  std::string ink = "#1a2a6c";            // colour of pen or typewriter
  std::string mark = "cross";             // "cross", "tick", "fill", "scribble", "dot"
  unsigned seed = 1;                      // jitter of position, size and slant; 0 = none
};

// A vector PDF of all pages. `filling` null prints the blank. Fonts are embedded.
// Fails with: internal when Cairo reports an error. Deterministic for equal input and fonts.
Result<Bytes> print_pdf(const Form& form, const Filling* filling);

// One page as pixels. Fails with: unsupported for a page number the form does not have.
Result<GrayImage> print_page(const Form& form, int page, Dpi dpi, const Filling* filling);

// The words of the blank page with their places (mm), exactly as printed: the text layer's ground.
struct PrintedWord {
  std::string text;
  Rect box;  // mm
};
Result<std::vector<PrintedWord>> printed_words(const Form& form, int page);

}  // namespace postkamer::forms
