// SPDX-License-Identifier: EUPL-1.2
//
// What registration keeps of a blank: small pictures of its print that are worth looking for.
#pragma once

#include <vector>

#include <opencv2/core/mat.hpp>

#include "pipeline/extract/registration.h"
#include "pipeline/model/geometry.h"

namespace postkamer::extract {

struct BlankPatch {
  Point centre;    // mm
  cv::Mat pixels;  // CV_8UC1 square, 0 = ink
};

// About 1.5 MB for an A4.
struct PreparedBlank {
  double width_mm = 210.0;
  double height_mm = 297.0;
  cv::Mat coarse;                   // CV_32F darkness at kCoarsePpm
  cv::Mat print;                    // CV_8UC1 at kPrintPpm, 255 = print
  cv::Mat outline;                  // the print without the inside of solid areas
  std::vector<BlankPatch> blocks;   // at kBlockPpm, kBlockSize
  std::vector<BlankPatch> patches;  // at kFinePpm, kPatchSize
};

inline constexpr int kBlockSize = 44;  // px: 22 mm
inline constexpr int kPatchSize = 42;  // px: 7 mm

// Deterministic; about 40 ms for an A4 at 300 dpi, to be done once.
PreparedBlank prepare_blank(const BlankPage& blank);

}  // namespace postkamer::extract
