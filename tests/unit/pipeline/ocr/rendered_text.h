// SPDX-License-Identifier: EUPL-1.2
//
// Printed text as a bilevel picture, drawn with Pango: the pages that the OCR tests read back.
#pragma once

#include <string>

#include "pipeline/model/image.h"

namespace postkamer::test {

struct TextPage {
  std::string text;         // lines joined by '\n'
  int width = 1240;         // px; half an A4 at 300 dpi unless told
  int height = 877;         // px
  double points = 11.0;     // font size
  double margin_px = 80.0;  // left and top
  std::string font = "DejaVu Serif";
};

GrayImage render(const TextPage& page);

}  // namespace postkamer::test
