// SPDX-License-Identifier: EUPL-1.2
//
// Whose ink is whose: gives every stroke of a comb to one of its cells. Strokes that cross into a
// neighbour stay whole; characters that touch are parted where the ink between them is thinnest.
#pragma once

#include <vector>

#include <opencv2/core/mat.hpp>

#include "pipeline/model/geometry.h"

namespace postkamer::extract {

// The ink of one cell, cropped to it.
struct CellInk {
  cv::Mat mask;  // 255 = ink; empty when the cell is
  cv::Rect box;  // in the comb's mask, px
  int area = 0;  // ink pixels
};

// Requires: `cells` in px of `added`, left to right.
// Gives:    one CellInk a cell. Specks, and strokes that lie mostly outside all cells, belong to
// none.
std::vector<CellInk> share_out(const cv::Mat& added, const std::vector<Rect>& cells);

// How many cells hold ink.
std::ptrdiff_t written_cells(const std::vector<CellInk>& inks);

// The middle height of the comb's ink, px; 0 when there are too few strokes to tell.
double usual_height(const std::vector<CellInk>& inks);

}  // namespace postkamer::extract
