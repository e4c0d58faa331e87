// SPDX-License-Identifier: EUPL-1.2
//
// Writing that does not stop where its box does: what is read inside the box is only its beginning.
#pragma once

#include <opencv2/core/mat.hpp>

#include "pipeline/extract/patch.h"
#include "pipeline/extract/zone_readers.h"

namespace postkamer::extract {

// Whether the writing of a line goes on to the right of `box` (mm): strokes as high as letters,
// that are not the form's print, follow the line's last one within the gap between two letters.
// `line`: the line's own strokes in pixels of `frame`, 255 = ink. A line that ends well before the
// box does costs nothing. Deterministic.
bool runs_over(const ZonePage& page, const Rect& box, const cv::Mat& line, const PatchFrame& frame);

}  // namespace postkamer::extract
