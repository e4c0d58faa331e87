// SPDX-License-Identifier: EUPL-1.2
//
// Pixels, or strips that are already compressed, as a single-page TIFF.
#pragma once

#include <array>
#include <vector>

#include <opencv2/core/mat.hpp>

#include "pipeline/base/bytes.h"
#include "pipeline/base/error.h"
#include "pipeline/base/units.h"

namespace postkamer::intake {

// CV_8UC1; 128 and above is paper. One G4 strip.
Result<Bytes> encode_g4(const cv::Mat& pixels, Dpi dpi);

// CV_8UC1 or CV_8UC3 (R, G, B), lossless: LZW with a horizontal predictor.
Result<Bytes> encode_lzw(const cv::Mat& pixels, Dpi dpi);

// A strip as another format carried it, and the tags that say how to read it.
struct RawStrip {
  int width = 0;
  int height = 0;
  int bits = 1;
  int samples = 1;
  int compression = 1;                    // libtiff's COMPRESSION_ numbers
  int photometric = 0;                    // libtiff's PHOTOMETRIC_ numbers
  int predictor = 1;                      // Deflate and LZW only
  bool has_two_dimensional_rows = false;  // fax group 3 only
  // Palette pictures: red, green, blue for each index, 0..65535, 2^bits of each.
  std::array<std::vector<std::uint16_t>, 3> palette;
  ByteView data;
};
Result<Bytes> wrap_strip(const RawStrip& strip, Dpi x, Dpi y);

}  // namespace postkamer::intake
