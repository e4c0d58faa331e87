// SPDX-License-Identifier: EUPL-1.2
//
// The gray half of binarising: how far every pixel lies above its own threshold. Kept apart because
// a page is rotated before the cut: turning the smooth margin keeps strokes smooth.
#pragma once

#include <opencv2/core/mat.hpp>

#include "pipeline/model/image.h"

namespace postkamer::deskew {

// The cut between ink and paper in a margin image: below is ink.
inline constexpr int kMarginCut = 128;

// Gives: CV_8UC1 of equal size; kMarginCut + pixel - threshold, clamped to 0..255. A bilevel page
// comes back as it is (0 and 255 lie on the right sides of the cut). Deterministic.
cv::Mat ink_margin(const GrayImage& page);

// Gives: a bilevel picture of a margin image.
GrayImage cut_margin(const cv::Mat& margin, Dpi dpi);

// Gives: a bilevel picture of equal size in which the pale rules of writing paper are ink too. For
// measuring, not for reading: noise and shadows come with them. A bilevel page comes back as it is.
GrayImage with_pale_lines(const GrayImage& page);

}  // namespace postkamer::deskew
