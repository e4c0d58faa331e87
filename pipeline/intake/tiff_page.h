// SPDX-License-Identifier: EUPL-1.2
//
// One page of a TIFF: what its tags say, its pixels, and a single-page TIFF made of its own
// compressed bytes.
#pragma once

#include <cstdint>

#include <opencv2/core/mat.hpp>

#include "pipeline/base/bytes.h"
#include "pipeline/base/error.h"
#include "pipeline/base/limits.h"
#include "pipeline/base/units.h"
#include "pipeline/intake/page_size.h"
#include "pipeline/intake/tiff_memory.h"

namespace postkamer::intake {

struct TiffPageInfo {
  int width = 0;
  int height = 0;
  int bits = 1;         // a sample
  int samples = 1;      // a pixel
  int compression = 1;  // libtiff's COMPRESSION_ numbers
  int photometric = 0;
  int orientation = 1;  // 1..8, 1 = as it should be seen
  StatedResolution stated;
  [[nodiscard]] bool is_bilevel() const;
};

// Reads the current page's tags and checks its size. The reader stands on the page.
// Fails with: invalid_document scan_damaged, resource_limit as check_page_size.
Result<TiffPageInfo> tiff_page_info(const TiffReader& reader, const Limits& limits);

enum class Channels {
  gray,
  rgb
};

// The page's pixels, CV_8UC1 (0 = black) or CV_8UC3 in R, G, B order, set upright by the
// orientation tag. Alpha is laid over white. Fails with: invalid_document (scan_truncated,
// scan_damaged), unsupported scan_format.
Result<cv::Mat> read_tiff_pixels(TiffReader& reader, const TiffPageInfo& info, Channels channels);

// A single-page TIFF with the page's own compressed strips or tiles, not decoded, and `dpi` as
// its resolution. Private tags, thumbnails and metadata are left behind.
// Fails with: invalid_document scan_truncated when a strip lies outside the file; unsupported
// scan_format when the compression cannot travel raw (the caller re-encodes).
Result<Bytes> rewrap_tiff_page(const TiffReader& reader, const TiffPageInfo& info, Dpi x, Dpi y);

}  // namespace postkamer::intake
