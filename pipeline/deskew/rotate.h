// SPDX-License-Identifier: EUPL-1.2
//
// Turning a page by a small angle. Three shears (Paeth, Graphics Interface 1986): each moves whole
// rows, or stretches of rows, by one fraction of a pixel, so the inner loops are plain blends that
// a compiler makes wide; three times as fast as looking every pixel up.
#pragma once

#include <opencv2/core/mat.hpp>

#include "pipeline/base/units.h"
#include "pipeline/model/geometry.h"

namespace postkamer::deskew {

// How a page is turned: px of the page (corners, y down) -> px of the canvas, and the canvas.
struct Rotation {
  Transform map;
  cv::Size canvas;
};

// Turns about any point so that the whole page just fits its canvas.
// Requires: angle within -45..45 degrees, clockwise positive as Transform::rotation has it.
Rotation rotation_by(Degrees angle, int width, int height);

// Requires: `page` CV_8UC1, of the size the rotation was made for.
// Gives:    CV_8UC1 of the rotation's canvas, bilinear; what lies outside the page is 255.
// Deterministic. Within a few levels of a bilinear look-up: strokes lose a trace of sharpness.
cv::Mat rotated(const cv::Mat& page, Degrees angle, const Rotation& rotation);

}  // namespace postkamer::deskew
