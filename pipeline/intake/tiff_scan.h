// SPDX-License-Identifier: EUPL-1.2
//
// A TIFF as a scan: its pages as pictures.
#pragma once

#include "pipeline/base/bytes.h"
#include "pipeline/base/error.h"
#include "pipeline/base/limits.h"
#include "pipeline/intake/decode.h"

namespace postkamer::intake {

// decode_scan for a file that begins as a TIFF.
Result<DecodedScan> decode_tiff(ByteView file, const DecodeRequest& request, const Limits& limits);

// The pixels of a single-page TIFF, upright, not made square: gray, or R, G, B when it has colour.
Result<cv::Mat> read_stored_tiff(const Picture& picture, const Limits& limits);

// The gray pixels of a single-page TIFF, square, upright.
Result<GrayImage> open_tiff(const Picture& picture, const Limits& limits);

}  // namespace postkamer::intake
