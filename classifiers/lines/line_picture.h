// SPDX-License-Identifier: EUPL-1.2
//
// The picture of a line that the network sees. The same steps stand in render.py, function
// normalised; the unit test holds the two together.
#pragma once

#include <opencv2/core/mat.hpp>

#include "pipeline/model/image.h"

namespace postkamer::lines {

// Rows of the normalised picture.
inline constexpr int kSide = 40;

// Scales the line so that its writing, a hundredth of the ink above and below left out, fills 32
// rows, and centres it. Writing lower than 2.4 mm is not blown up to that.
//
// Requires: `line` one line at 300 dpi, 0 = ink.
// Gives: CV_8UC1, kSide rows, an even number of columns up to some 1600, 255 = ink; empty when
// there is hardly any ink.
cv::Mat line_picture(const GrayImage& line);

// The same, and where the line's columns came to lie: column x of the line at
// (x - left) * scale + start of the picture.
struct PlacedPicture {
  cv::Mat pixels;
  double left = 0.0;
  double scale = 1.0;
  double start = 0.0;
};
PlacedPicture placed_picture(const GrayImage& line);

}  // namespace postkamer::lines
