// SPDX-License-Identifier: EUPL-1.2
//
// Page ink minus printed form: the drop-out step. Works on ink masks (255 = ink) of equal size.
#pragma once

#include <opencv2/core/mat.hpp>

#include "pipeline/extract/patch.h"

namespace postkamer::extract {

struct Offset {
  int x = 0;
  int y = 0;
  bool operator==(const Offset&) const = default;
};

// How far `blank` must be moved to lie best on `page`, at most `reach` pixels each way; the
// smallest move wins where several are as good.
Offset best_offset(const cv::Mat& page, const cv::Mat& blank, int reach);

// The ink of `page` that is not `blank`'s print. Print is allowed to be some pixels fatter on the
// page than in the blank; where a stroke crosses a printed line, its pixels on the line stay.
cv::Mat subtract_print(const cv::Mat& page, const cv::Mat& blank);

// All of it for one zone: cut, threshold, align, subtract.
cv::Mat added_mask(const GrayImage& original, const Registration& registration,
                   const BlankPage& blank, const PatchFrame& frame);

}  // namespace postkamer::extract
