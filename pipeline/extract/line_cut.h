// SPDX-License-Identifier: EUPL-1.2
//
// Free zones as lines: which added ink is whose, and the picture of a line that readers get.
#pragma once

#include <vector>

#include <opencv2/core/mat.hpp>

#include "pipeline/extract/patch.h"

namespace postkamer::extract {

// White around the line handed to the readers, px.
inline constexpr int kLineBorder = 12;

// The strokes of each of `count` ruled lines in `box` (px of `added`, 255 = ink, kZoneDpi), top to
// bottom: whole strokes, by where their middle lies. Dust, lone specks and a fold's dashes are left
// out.
std::vector<cv::Mat> lines_of(const cv::Mat& added, const Rect& box, int count);

// The line alone on white, cut to its ink and kLineBorder, as softly drawn as it was scanned:
// readers see gray edges better than cut ones. `clear` is the zone's cut-out with white paper.
// Requires: ink in `mask`.
GrayImage tight(const cv::Mat& mask, const cv::Mat& clear);

}  // namespace postkamer::extract
