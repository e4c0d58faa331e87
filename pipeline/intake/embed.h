// SPDX-License-Identifier: EUPL-1.2
//
// A page's picture as a PDF can hold it: for the archive copy.
#pragma once

#include "pipeline/base/error.h"
#include "pipeline/base/limits.h"
#include "pipeline/model/embedded_image.h"
#include "pipeline/model/image.h"

namespace postkamer::intake {

// The picture's own coded bytes where PDF has a filter for them: JPEG (Huffman, 8 bits), G4 and
// Deflate in one strip, PNG without transparency or interlacing. Anything else is coded again
// without loss of what is seen: black and white as G4, gray and colour as Flate (8 bits a
// component, transparency over white); only a JPEG of a kind PDF does not know becomes gray.
// A JPEG that was cut off gets its end marker back, so that every reader shows what there is of it
// and stops there without complaint; not a byte of it changes. `way` says which of these it was.
// Deterministic. The bytes taken over are not decoded here: intake has done that before.
// Fails with: invalid_document, resource_limit, unsupported as open_picture; internal when coding
//             again fails.
Result<EmbeddedImage> embeddable(const Picture& picture, const Limits& limits);

}  // namespace postkamer::intake
