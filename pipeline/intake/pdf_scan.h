// SPDX-License-Identifier: EUPL-1.2
//
// A PDF as a scan: its pages as pictures.
#pragma once

#include "pipeline/base/bytes.h"
#include "pipeline/base/error.h"
#include "pipeline/base/limits.h"
#include "pipeline/intake/decode.h"

namespace postkamer::intake {

// decode_scan for a file that begins as a PDF.
Result<DecodedScan> decode_pdf(ByteView file, const DecodeRequest& request, const Limits& limits,
                               const RenderPdfPage& render);

}  // namespace postkamer::intake
