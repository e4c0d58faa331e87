// SPDX-License-Identifier: EUPL-1.2
//
// Where the ink is, coarsely: a bilevel page at about 75 dpi that the blank test and the patch code
// detector share. Costs about a tenth of opening the page.
#pragma once

#include <vector>

#include <opencv2/core/mat.hpp>

#include "pipeline/base/units.h"
#include "pipeline/model/geometry.h"
#include "pipeline/model/image.h"

namespace postkamer::intake {

struct InkMap {
  cv::Mat ink;       // CV_8UC1, 255 = ink, 0 = paper
  cv::Mat cover;     // CV_8UC1, how much of each px is covered by ink: 0 = none, 255 = all
  cv::Mat paper;     // CV_8UC1, how bright the paper around each px is
  double scale = 1;  // page px in one px of the map
  Dpi dpi{75.0};     // of the map
  [[nodiscard]] double px(double millimetres) const { return millimetres * pixels_per_mm(dpi); }
};

// Ink is what is clearly darker than the paper around it, so a gray or tinted page has none.
InkMap map_ink(const GrayImage& page);

// Where about half of an area of several millimetres is covered: every machine-readable code, and
// some bold titles and photographs. Page px, with room for a quiet zone, may reach beyond the page.
std::vector<Rect> code_regions(const InkMap& map);

// The share of the page that is written or printed on, 0..1. The outer edge, punch holes, dust,
// streaks and folds do not count, nor does anything fainter than the map sees (show-through, pale
// pencil).
double written_share(const InkMap& map);

// The same of what is too pale or too thin for the map: from 0.82 of the paper down, or one px of
// the page wide. Only what has the shape of writing counts, since folds and scratches are as faint.
// `map` is the page's own. Costs as much as ten maps: for pages that would else pass for blank.
double faint_share(const GrayImage& page, const InkMap& map);

}  // namespace postkamer::intake
