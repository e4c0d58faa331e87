// SPDX-License-Identifier: EUPL-1.2
//
// Pixels -> the files that scanners write. Pixels are CV_8UC1 (gray or bilevel) or CV_8UC3
// (red-green-blue). Deterministic: no dates, no random ids. Anything that cannot be written aborts
// the program with a message: these are tools for tests, never part of the product.
#pragma once

#include <opencv2/core/mat.hpp>
#include <string>
#include <vector>

#include "pipeline/base/bytes.h"
#include "pipeline/base/units.h"

namespace postkamer::support {

enum class Compression {
  none,
  g3,
  g4,
  lzw,
  deflate,
  packbits,
  jpeg
};

// One page, or several, as TIFF. g3 and g4 need pixels of 0 and 255 only (others are cut at 128).
Bytes tiff_file(const std::vector<cv::Mat>& pages, Compression compression, Dpi dpi);

// A JFIF file; 8UC3 with chroma at half resolution.
Bytes jpeg_file(const cv::Mat& page, int quality, Dpi dpi);

// `bits` 1 or 8 a sample; 1 needs a bilevel 8UC1 page.
Bytes png_file(const cv::Mat& page, int bits, Dpi dpi);

// One picture a page, as scanners make PDFs.
struct PdfPicture {
  Bytes data;  // a JPEG file, or raw G4 data
  bool is_jpeg = true;
  int channels = 3;
  int width = 0;   // pixels
  int height = 0;  // pixels
};
Bytes pdf_file(const std::vector<PdfPicture>& pages, Dpi dpi);

// The picture of a JPEG page, and of a bilevel page as raw G4 data, for pdf_file.
PdfPicture pdf_jpeg(const cv::Mat& page, int quality, Dpi dpi);
PdfPicture pdf_g4(const cv::Mat& page, Dpi dpi);

// A QR code, `module_px` pixels a module, quiet zone of 4 modules included; 0 = dark.
cv::Mat qr_code(const std::string& text, int module_px);

}  // namespace postkamer::support
