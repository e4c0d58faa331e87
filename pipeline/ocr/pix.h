// SPDX-License-Identifier: EUPL-1.2
//
// Our pictures as Leptonica's Pix, the form in which Tesseract takes them. Used inside this folder
// only.
#pragma once

#include <memory>

#include "pipeline/model/image.h"

struct Pix;

namespace postkamer::ocr {

struct PixDeleter {
  void operator()(Pix* pix) const;
};
using PixPtr = std::unique_ptr<Pix, PixDeleter>;

// A bilevel image becomes 1 bit a pixel, any other 8 bits, with `border` px of paper around it and
// the image's resolution set. Null when memory runs out or the image is empty.
PixPtr to_pix(const GrayImage& image, int border = 0);

// What letter shapes say of a page's orientation, in standard deviations: more ascenders than
// descenders as it stands (up > 0) and after a quarter turn clockwise (left < 0) or anticlockwise
// (left > 0). Both 0 when there are too few letters. Leptonica's pixOrientDetect at about 150 dpi.
struct AscenderBalance {
  double up = 0.0;
  double left = 0.0;
};
AscenderBalance ascender_balance(const GrayImage& image);

// Keeps Leptonica's remarks off stderr, in the whole process.
void silence_leptonica();

}  // namespace postkamer::ocr
