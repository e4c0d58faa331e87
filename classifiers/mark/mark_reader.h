// SPDX-License-Identifier: EUPL-1.2
//
// Is a tick box marked, crossed out (blotted, so that it does not count), or empty. Two measures of
// the added ink and two logistic steps; README.md says what they were fitted on.
#pragma once

#include "pipeline/extract/zones.h"

namespace postkamer::mark {

// What is measured of the ink in and around a box.
struct MarkFeatures {
  double coverage = 0.0;    // inked share of the inside of the frame, 0..1
  double inside_mm2 = 0.0;  // ink within the box's frame, of strokes that are at home there
  double ring_share = 0.0;  // 0..1, share inked of the band that runs just outside the frame
  double crossings = 0.0;   // strokes that a line through the frame meets, on average
};

// Requires: `added` 0 = ink with its dpi; `box` in px of it.
MarkFeatures features_of(const GrayImage& added, const Rect& box);

class LogisticMarkReader : public extract::MarkReader {
 public:
  [[nodiscard]] extract::MarkReading read(const GrayImage& added, const Rect& box) const override;
};

}  // namespace postkamer::mark
