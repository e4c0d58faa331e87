// SPDX-License-Identifier: EUPL-1.2
//
// The line work of a blank: closed boxes, open combs, ruled lines. Knows nothing of fields.
// Internal to pipeline/forms.
#pragma once

#include <vector>

#include "pipeline/model/geometry.h"
#include "pipeline/model/image.h"

namespace postkamer::forms {

// A closed box with nothing printed inside.
struct EmptyBox {
  Rect box;               // mm
  bool in_table = false;  // its lines go on beyond its corners
};

struct LineWork {
  std::vector<EmptyBox> boxes;
  std::vector<std::vector<Rect>> combs;  // open at the top: the cells of one baseline, mm
  std::vector<Rect> rules;               // room to write above a ruled line, mm; bottom = the line
};

// Requires: a straight page, 200-400 dpi. Deterministic.
LineWork find_line_work(const GrayImage& page);

}  // namespace postkamer::forms
