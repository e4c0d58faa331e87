// SPDX-License-Identifier: EUPL-1.2
//
// Block capitals on a ruled line: hand-printed characters without cells. OCR engines know print,
// the character network knows pens; this finds the characters of a line for it.
#pragma once

#include <string>

#include <opencv2/core/mat.hpp>

#include "pipeline/extract/zones.h"

namespace postkamer::extract {

struct BlockLine {
  std::string text;  // capitals, digits, spaces, '.', ',' and '-'
  double probability =
      0.0;  // product over the characters, as the network states it; 0 = none found
};

// Requires: `line` the ink of one line, 255 = ink, at kZoneDpi, form print and dust taken away.
// Gives: the most probable division of the strokes into characters, by dynamic programming over
// groups of neighbouring strokes, with what each reads. A letter that looks like a digit (O and 0)
// is what its word is, by the odds of look_alikes.h: a clear B stays one. Deterministic.
BlockLine read_block_letters(const cv::Mat& line, const CharacterReader& reader);

}  // namespace postkamer::extract
