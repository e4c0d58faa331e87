// SPDX-License-Identifier: EUPL-1.2
//
// Colour pixels -> PNG, for pictures that people look at (overlays, contact sheets). Never used
// between stages: PNG is slow.
#pragma once

#include <opencv2/core/mat.hpp>

#include "pipeline/base/bytes.h"
#include "pipeline/base/error.h"

namespace postkamer::intake {

// Requires: CV_8UC3, blue-green-red. Fails with: internal (png_not_written).
Result<Bytes> encode_png(const cv::Mat& pixels);

}  // namespace postkamer::intake
