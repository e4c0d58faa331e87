// SPDX-License-Identifier: EUPL-1.2
//
// Pictures as they flow. A Picture is encoded bytes in a format any worker may open; a GrayImage is
// pixels in memory. Decoding happens in pipeline/intake only.
#pragma once

#include <string_view>

#include <opencv2/core/mat.hpp>

#include "pipeline/base/bytes.h"
#include "pipeline/base/units.h"

namespace postkamer {

// One byte a pixel, 0 = ink, 255 = paper, rows contiguous. Copies share pixels as cv::Mat does;
// whoever writes clones first.
struct GrayImage {
  cv::Mat pixels;           // CV_8UC1
  Dpi dpi{300.0};           // equal in x and y: decode resamples what is not
  bool is_bilevel = false;  // only the values 0 and 255 occur

  [[nodiscard]] int width() const { return pixels.cols; }
  [[nodiscard]] int height() const { return pixels.rows; }
};

enum class PictureFormat {
  tiff,
  jpeg,
  png
};

std::string_view name_of(PictureFormat format);

// What decoding did to get a page's picture out of its file.
enum class PictureOrigin {
  whole_file,     // the file is the picture
  unwrapped,      // the coded data are the file's own, in a wrapper of ours
  coded_again,    // decoded, turned or made square where needed, and coded without loss
  rendered,       // drawn from a PDF page that is no scanner's picture
  made_as_blank,  // a PDF page on which nothing is drawn
};

std::string_view name_of(PictureOrigin origin);

// One page's picture, encoded: a single-page TIFF, a JPEG or a PNG. Where the scanner's own bytes
// can be kept (a JPEG in a PDF, a G4 strip in a TIFF) they are kept unchanged.
struct Picture {
  PictureFormat format = PictureFormat::tiff;
  Bytes bytes;
  int width = 0;   // pixels
  int height = 0;  // pixels
  Dpi dpi{300.0};
  bool is_bilevel = false;
  PictureOrigin origin = PictureOrigin::whole_file;
};

}  // namespace postkamer
