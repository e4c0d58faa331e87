// SPDX-License-Identifier: EUPL-1.2
//
// PNG through libpng: its error exits become values. And PNG files made of image data that a PDF
// already carries in PNG's own form.
#pragma once

#include <opencv2/core/mat.hpp>

#include "pipeline/base/bytes.h"
#include "pipeline/base/error.h"
#include "pipeline/base/limits.h"
#include "pipeline/intake/page_size.h"

namespace postkamer::intake {

struct PngInfo {
  int width = 0;
  int height = 0;
  bool is_bilevel = false;  // 1-bit gray
  bool is_colour = false;   // RGB or a palette
  StatedResolution stated;
};

// Reads the chunks before the pixels and checks the size.
// Fails with: invalid_document (scan_truncated, scan_damaged), resource_limit as check_page_size.
Result<PngInfo> read_png_header(ByteView file, const Limits& limits);

// CV_8UC1; palette, 16 bit, colour and alpha (over white) are all brought to gray.
Result<cv::Mat> read_png_gray(ByteView file, const Limits& limits);

// CV_8UC3, R, G, B, of every kind as read_png_gray.
Result<cv::Mat> read_png_rgb(ByteView file, const Limits& limits);

// A PNG file around a zlib stream of rows that carry PNG filter bytes.
struct PngStream {
  int width = 0;
  int height = 0;
  int bits = 8;  // 1, 2, 4, 8
  bool is_colour = false;
  Bytes palette;  // RGB triplets; empty = no palette
  double dpi_x = 300.0;
  double dpi_y = 300.0;
  ByteView data;
};
Bytes wrap_png(const PngStream& stream);

}  // namespace postkamer::intake
