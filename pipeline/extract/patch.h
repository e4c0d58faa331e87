// SPDX-License-Identifier: EUPL-1.2
//
// Upright cut-outs of a scan and of its blank, and the mask of their ink. Masks are CV_8UC1 with
// 255 = ink; pictures keep 0 = ink as everywhere.
#pragma once

#include <opencv2/core/mat.hpp>

#include "pipeline/extract/registration.h"

namespace postkamer::extract {

// The resolution at which zones are read.
inline constexpr Dpi kZoneDpi{300.0};

// Where a cut-out lies: its millimetres on the form and its pixels.
struct PatchFrame {
  Rect mm;
  Dpi dpi = kZoneDpi;

  [[nodiscard]] cv::Size size() const;
  [[nodiscard]] Transform px_to_mm() const;
  // A rectangle of the form in pixels of the cut-out.
  [[nodiscard]] Rect px(const Rect& rect_mm) const;
};

// The pixels of `original` under the frame, upright; paper where the scan ends.
cv::Mat cut_page(const GrayImage& original, const Registration& registration,
                 const PatchFrame& frame);

// The blank's print under the frame, as a mask.
cv::Mat cut_blank(const BlankPage& blank, const PatchFrame& frame);

// The ink of a cut-out. Gray ones are compared with their own paper level, so that uneven light and
// tinted paper do not matter; `is_bilevel` ones are cut in the middle.
cv::Mat ink_mask(const cv::Mat& page, bool is_bilevel, Dpi dpi);

// The gray level below which this share of a picture's pixels lies; 255 for an empty picture.
int gray_quantile(const cv::Mat& gray, double share);

// A cut-out with its paper made white (255) and its darkest ink black, softly: for readers that
// look at gray.
cv::Mat clear_paper(const cv::Mat& page, Dpi dpi);

}  // namespace postkamer::extract
