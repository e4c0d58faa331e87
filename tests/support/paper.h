// SPDX-License-Identifier: EUPL-1.2
//
// What happens to a sheet before it reaches the glass: the pen's colour, a stamp, holes, a staple,
// a fold, print that shines through, a torn corner. All work in place on a Sheet; all positions in
// mm.
#pragma once

#include <string>

#include "tests/support/scanner.h"

namespace postkamer::support {

// Gives everything on `filled` that is not on `blank` the colour of a pen. Both CV_8UC1, same size.
Sheet pen_coloured(const GrayImage& blank, const GrayImage& filled, const cv::Scalar& rgb);

// The back of the sheet, mirrored and faint. `strength` 0..0.3.
void show_through(Sheet& sheet, const cv::Mat& back, double strength);

// Two holes 80 mm apart along the left side; through them the lid is seen.
void punch_holes(Sheet& sheet, std::uint8_t lid);

void staple(Sheet& sheet, Random& random);

// A crease across the page: a soft shadow with a light ridge.
void fold(Sheet& sheet, double y_mm);

// A corner torn off: 0 top-left, 1 top-right, 2 bottom-right, 3 bottom-left; `mm` along both sides.
void tear_corner(Sheet& sheet, int corner, double mm, std::uint8_t lid, Random& random);

// "INGEKOMEN" and a date in a frame, as a rubber stamp: uneven, crooked, violet.
void received_stamp(Sheet& sheet, Point at_mm, const std::string& date, Random& random);

// A note scribbled with a pen.
void margin_note(Sheet& sheet, Point at_mm, const std::string& words, Random& random);

// A signature: a quick looping curve inside `box`.
void sign(Sheet& sheet, const Rect& box_mm, const cv::Scalar& rgb, Random& random);

}  // namespace postkamer::support
