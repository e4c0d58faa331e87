// SPDX-License-Identifier: EUPL-1.2
//
// JPEG through libjpeg: its error exits become values.
#pragma once

#include <opencv2/core/mat.hpp>

#include "pipeline/base/bytes.h"
#include "pipeline/base/error.h"
#include "pipeline/base/limits.h"
#include "pipeline/base/units.h"
#include "pipeline/intake/page_size.h"

namespace postkamer::intake {

struct JpegInfo {
  int width = 0;
  int height = 0;
  int components = 0;  // 1 gray, 3 colour, 4 CMYK
  StatedResolution stated;
};

// Reads the header alone and checks the size.
// Fails with: invalid_document (scan_truncated, scan_damaged), unsupported scan_format,
//             resource_limit as check_page_size.
Result<JpegInfo> read_jpeg_header(ByteView file, const Limits& limits);

// CV_8UC1. Fails as read_jpeg_header does; data that ends early is scan_truncated, never gray
// filler.
Result<cv::Mat> read_jpeg_gray(ByteView file, const Limits& limits);

// CV_8UC3, R, G, B; CMYK is mixed without a colour profile. Fails as read_jpeg_gray does.
Result<cv::Mat> read_jpeg_rgb(ByteView file, const Limits& limits);

// CV_8UC1, quality 1..100.
Result<Bytes> encode_jpeg_gray(const cv::Mat& pixels, Dpi dpi, int quality);

}  // namespace postkamer::intake
