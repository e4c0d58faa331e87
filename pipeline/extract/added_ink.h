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
// page than in the blank. Where a stroke crosses, touches or follows a printed line, the line is
// thicker than elsewhere, and its pixels there stay (after Yu and Jain, "A generic system for form
// dropout", 1996).
cv::Mat subtract_print(const cv::Mat& page, const cv::Mat& blank);

// Lines that a scanner draws by itself: thin, along the feed, through the whole cut-out. `feed` is
// the direction of the original's columns in the cut-out, px a row.
cv::Mat feed_streaks(const cv::Mat& page, const cv::Mat& blank, double feed);

// A zone's cut-out, and which of its pixels are ink that the blank does not have.
struct AddedInk {
  cv::Mat page;  // 0 = ink, as scanned
  cv::Mat mask;  // 255 = added ink
  // Share of the blank's print in the cut-out that the page has too, 0..1; 1 where there is hardly
  // any.
  double print_found = 1.0;
};

// All of it for one zone: cut, threshold, align, subtract.
AddedInk added_to(const GrayImage& original, const Registration& registration,
                  const BlankPage& blank, const PatchFrame& frame);

// A mask as a picture: 0 = ink, bilevel.
GrayImage as_picture(const cv::Mat& mask, Dpi dpi);

// Its mask alone.
cv::Mat added_mask(const GrayImage& original, const Registration& registration,
                   const BlankPage& blank, const PatchFrame& frame);

}  // namespace postkamer::extract
