// SPDX-License-Identifier: EUPL-1.2
//
// A layout that another program made of a form, as JSON, to a Form:
//
//   {form, version, title, organisation, page_size_mm: [w, h], pages: number,
//    barcodes: [{symbology, text, page, box_mm}],
//    fields: [{name, label, type, page, box_mm: [x, y, w, h], required, office,
//              cells_mm: [box, ...], options: [{value, label, box_mm}], lines: number}]}
//
// Boxes are millimetres from the top left of the page. Types: bsn iban date time digits number
// amount phone postcode kenteken alnum letters text email multiline checkbox choice multichoice
// signature.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "pipeline/forms/form.h"
#include "pipeline/forms/load.h"

namespace postkamer::forms {

struct Layout {
  Form form;                         // pages have no blank yet
  std::vector<std::string> notices;  // what the form cannot hold and was left out, one a line
};

// Maps a layout to a form that load_form accepts:
//   - edges snap to 0.1 mm, what form.toml holds; cells and fields that share a border line part in
//     its middle;
//   - a field of the office is never required and sends nobody to look (verify = never);
//   - dates of birth ("geboorte" in name or label) and of signing (label "Datum") get a rule that
//     they do not lie in the future.
//
// Gives: the form, or every mistake in the layout. Those of the form's meaning (names, boxes off
// the
//        page, numbers of cells) are load_form's, with the field's name.
// `file` is used in messages only. Deterministic; opens nothing.
tl::expected<Layout, std::vector<Mistake>> read_layout(std::string_view json,
                                                       std::string_view file);

}  // namespace postkamer::forms
