// SPDX-License-Identifier: EUPL-1.2
//
// The picture that the network sees. The same steps stand in glyphs.py, function normalise; the
// unit test holds the two together.
#pragma once

#include <cstddef>
#include <vector>

#include <opencv2/core/mat.hpp>

#include "pipeline/model/image.h"

namespace postkamer::handprint {

// Side of the normalised picture, px.
inline constexpr int kSide = 28;

// Crops the ink, scales its longer side to 20 px with its aspect kept, and puts its centre of mass
// in the middle. Ink smaller than 2 mm is not blown up to the full size, so that a speck stays a
// speck.
//
// Gives: CV_8UC1, kSide x kSide, 255 = ink, 0 = paper; all 0 when there is no ink.
cv::Mat normalise(const GrayImage& glyph);

// The same glyph leaning to either side, wider, narrower, and turned a little to either side: the
// first `count` of these pictures, as `normalise` gives them. What a network says of all of them
// errs less than what it says of one.
inline constexpr std::size_t kVariants = 6;
inline constexpr std::size_t kLeaning = 2;
std::vector<cv::Mat> variants_of(const GrayImage& glyph, std::size_t count = kVariants);

}  // namespace postkamer::handprint
