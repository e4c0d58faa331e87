// SPDX-License-Identifier: EUPL-1.2
//
// Sets a page straight and makes it bilevel for reading. Never crops, never changes resolution,
// never guesses: below `min_confidence` the page stays unrotated and carries finding
// "skew_uncertain".
#pragma once

#include "pipeline/base/error.h"
#include "pipeline/model/page.h"

namespace postkamer::deskew {

struct DeskewOptions {
  Degrees max_skew{12.0};
  double min_confidence = 0.15;
};

// Estimates skew, rotates, binarises, measures quality.
//
// Requires: a page from intake::open_picture.
// Gives:    the upright page (canvas grown so that nothing is cut) and the exact map to it.
// Fails with: resource_limit when the rotated page would pass 200 megapixels.
// Deterministic; no state; safe from any thread.
Result<UprightPage> deskew(const GrayImage& page, const DeskewOptions& options);

// The skew alone: angle to remove is minus this. Confidence 0..1; 0 on blank or noise.
struct SkewEstimate {
  Degrees angle;
  double confidence = 0.0;
};
SkewEstimate estimate_skew(const GrayImage& bilevel, Degrees max_skew);

// Ink from paper under uneven light. Gives a bilevel image of equal size.
GrayImage binarise(const GrayImage& page);

// Turned clockwise by a quarter, half or three quarters; pixels are moved, not resampled.
GrayImage turned(const GrayImage& page, QuarterTurn turn);

// px of an image of this size -> px of the image turned.
Transform turn_transform(int width, int height, QuarterTurn turn);

// Resolution, focus, contrast, clipping, cut-off corners.
struct QualityReport {
  PageQuality quality;
  Findings
      findings;  // "resolution_low", "focus_poor", "contrast_poor", "clipped", "corner_missing"
};
QualityReport measure_quality(const GrayImage& page);

}  // namespace postkamer::deskew
