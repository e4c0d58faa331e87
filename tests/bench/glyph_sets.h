// SPDX-License-Identifier: EUPL-1.2
//
// The handprint sets as they lie on disk (idx, gzip), and their glyphs as a scan would hold them.
#pragma once

#include <string>
#include <vector>

#include <opencv2/core/mat.hpp>

#include "pipeline/model/image.h"

namespace postkamer::bench {

struct Idx {
  std::vector<cv::Mat> pictures;  // CV_8U, ink bright on black
  std::vector<int> labels;
};

// Empty when a file is not there.
Idx read_idx(const std::string& images, const std::string& labels);

// White on black of some 20 px, as it would come from a 300 dpi scan: about 4 mm high, bilevel.
GrayImage as_scanned(const cv::Mat& picture, double factor);

// A file's bytes; empty when it is not there.
std::string read_file(const std::string& path);

}  // namespace postkamer::bench
