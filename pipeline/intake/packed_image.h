// SPDX-License-Identifier: EUPL-1.2
//
// Pixels that wait in memory until they are wanted.
#pragma once

#include "pipeline/base/bytes.h"
#include "pipeline/base/error.h"
#include "pipeline/model/image.h"

namespace postkamer::intake {

// A GrayImage without its room: a printed A4 page at 300 dpi takes 0.1 to 0.3 MB instead of 9.
struct PackedImage {
  Bytes bytes;  // a frame of Zstandard (RFC 8878)
  int width = 0;
  int height = 0;
  Dpi dpi{300.0};
  bool is_bilevel = false;
};

// Both without loss, deterministic, some 3 ms a page. Fails with: internal for bytes that are not
// those of `pack`.
PackedImage pack(const GrayImage& image);
Result<GrayImage> unpack(const PackedImage& packed);

}  // namespace postkamer::intake
