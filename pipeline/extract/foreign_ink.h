// SPDX-License-Identifier: EUPL-1.2
//
// Ink that lies on fields and is none of theirs: stamps, notes, folds, a line drawn across the
// page. What of it falls into a tick box or a signature's field looks like a mark or a signature.
#pragma once

#include <vector>

#include <opencv2/core/mat.hpp>

#include "pipeline/extract/patch.h"

namespace postkamer::extract {

class ForeignInk {
 public:
  // None.
  ForeignInk() = default;
  // `stray`: a page's ink beside the form's own print, CV_8UC1, 255 = ink, `ppm` pixels a
  // millimetre of the form; `fields`: the boxes that are filled in, mm. Pieces that stand together
  // are one, and foreign when a good part of them lies outside the fields. Deterministic.
  ForeignInk(const cv::Mat& stray, double ppm, const std::vector<Rect>& fields);

  // Whether foreign ink lies in a rectangle of the form, mm, or right beside it.
  [[nodiscard]] bool touches(const Rect& mm) const;
  // `mask`, a cut-out's ink (255) in pixels of `frame`, without what is foreign or stands so near
  // to foreign ink that nobody can tell.
  [[nodiscard]] cv::Mat taken_from(const cv::Mat& mask, const PatchFrame& frame) const;

 private:
  cv::Mat near_;  // of the form, 255 = foreign ink and what lies around it
};

}  // namespace postkamer::extract
