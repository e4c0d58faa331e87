// SPDX-License-Identifier: EUPL-1.2
//
// A whole registered page against its blank, at about 100 dpi: is the form's print there, and what
// was put beside the fields? Finding it costs a few milliseconds; reading it is the caller's.
#pragma once

#include <vector>

#include <opencv2/core/mat.hpp>

#include "pipeline/extract/registration_blank.h"
#include "pipeline/model/geometry.h"
#include "pipeline/model/page.h"

namespace postkamer::extract {

// Ink that looks like writing or a stamp, outside the fields and the form's print.
struct InkSpot {
  Rect box;                // mm
  double ink = 0.0;        // square mm
  int strokes = 0;         // pieces of the size of letters or words
  bool is_framed = false;  // a ruled box stands around it, as around a stamp
  cv::Mat letters;         // CV_8UC1, 255 = its ink without the frame, kPrintPpm, as large as `box`
};

struct PageInk {
  // 0..1, by amount of print: the share that lies where the page has hardly any of the form's print
  // (squares of 16 mm). A torn-off corner gives some percent.
  double print_missing = 0.0;
  std::vector<InkSpot> spots;  // from top to bottom
  cv::Mat stray;  // CV_8UC1, kPrintPpm, 255 = ink beside the form's print, in fields or not
};

// `upright` as it was registered; `fields`: the boxes that are filled in, mm. What dust, punch
// holes, staples, folds, hairs and the scanner leave is no spot: small, solid, straight or at the
// paper's edge. Deterministic. Throws cv::Exception when memory runs out.
PageInk page_ink(const GrayImage& upright, const PreparedBlank& blank,
                 const Transform& mm_to_upright, const std::vector<Rect>& fields);

// A spot's letters alone in the page's own pixels: 300 dpi, upright, 0 = ink, `kSpotMargin` mm of
// paper around the box.
inline constexpr double kSpotMargin = 1.5;
GrayImage cut_spot(const GrayImage& upright, const Transform& mm_to_upright, const InkSpot& spot);

}  // namespace postkamer::extract
