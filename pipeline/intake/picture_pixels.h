// SPDX-License-Identifier: EUPL-1.2
//
// Encoded pictures made from other encoded pictures: turned, or stretched to square pixels.
#pragma once

#include "pipeline/base/error.h"
#include "pipeline/base/limits.h"
#include "pipeline/intake/page_size.h"
#include "pipeline/model/image.h"

namespace postkamer::intake {

// The larger of both resolutions in both directions. Rows or columns are repeated for a bilevel
// picture, so no ink is lost; gray is interpolated, and so is colour (R, G, B) when it is given.
GrayImage squared(const GrayImage& image, Dpi x, Dpi y);

// `picture` with square pixels and turned clockwise by `turn` quarters, encoded without loss;
// colour stays colour. `shown` is the resolution of its columns and rows as stored. Fails with:
// invalid_document, resource_limit as open_picture.
Result<Picture> straightened(const Picture& picture, const Resolution& shown, int turn,
                             const Limits& limits);

}  // namespace postkamer::intake
