// SPDX-License-Identifier: EUPL-1.2
//
// A page at the three sizes in which registration looks at it, and small geometry for quarter
// turns.
#pragma once

#include <opencv2/core/mat.hpp>

#include "pipeline/base/units.h"
#include "pipeline/model/geometry.h"
#include "pipeline/model/image.h"

namespace postkamer::extract {

inline constexpr double kFinePpm = 6.0;    // pixels a millimetre of fine patches
inline constexpr double kPrintPpm = 4.0;   // of the print map that is compared
inline constexpr double kBlockPpm = 2.0;   // of blocks
inline constexpr double kCoarsePpm = 1.0;  // of the map that is correlated

// Built once a page (about 8 ms for an A4 at 300 dpi). 0 = ink, 255 = paper.
struct PageLevels {
  cv::Mat fine;   // about kFinePpm, whole-numbered reduction of the page
  cv::Mat block;  // about kBlockPpm, whole-numbered reduction of `fine`
  Transform upright_to_fine;
  Transform upright_to_block;
  cv::Mat coarse;  // CV_32F, exactly kCoarsePpm, darkness 0..1, black edges taken out
  Transform upright_to_coarse;
  double upright_ppm = 1.0;  // pixels a millimetre of the page itself
  int width = 0;             // of the page, px
  int height = 0;
};

PageLevels make_levels(const GrayImage& upright);

// Only `fine` and what leads to it: enough for page_print.
PageLevels make_fine_level(const GrayImage& upright);

// px of a page -> px of the page turned clockwise.
Transform quarter_turn_map(double width, double height, QuarterTurn turn);

// The quarter turn that is nearest to undoing the rotation in a form's mm -> page px map.
QuarterTurn turn_undoing(const Transform& mm_to_upright);

// The picture around `centre` (in the space of `map`'s source) as a square of `size` px with
// `ppm` px a unit, fetched through `map` from `level`. Outside the level is paper.
cv::Mat fetch(const cv::Mat& level, const Transform& map, Point centre, int size, double ppm);

}  // namespace postkamer::extract
