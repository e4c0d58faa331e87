// SPDX-License-Identifier: EUPL-1.2
//
// The picture of a PDF page in its own compressed form: JPEG as it is; fax, Deflate and LZW data in
// a TIFF or PNG wrapper around the same bytes.
#pragma once

// qpdf's switch between its old and new smart pointers; unset, its headers warn.
#ifndef POINTERHOLDER_TRANSITION
#define POINTERHOLDER_TRANSITION 4
#endif

#include <optional>

#include <qpdf/QPDFObjectHandle.hh>

#include "pipeline/base/error.h"
#include "pipeline/base/limits.h"
#include "pipeline/base/units.h"
#include "pipeline/model/image.h"

namespace postkamer::intake {

// Gives nothing when the image is of a kind that only a renderer can show (masks, JPEG 2000, JBIG2,
// CMYK, unusual colour spaces). `x` and `y` are the resolution at which the page shows it.
// Fails with: resource_limit as check_page_size. Throws what qpdf throws.
Result<std::optional<Picture>> picture_of(QPDFObjectHandle image, bool fill_is_black, Dpi x, Dpi y,
                                          const Limits& limits);

}  // namespace postkamer::intake
