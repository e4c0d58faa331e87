// SPDX-License-Identifier: EUPL-1.2
//
// Bytes -> pages. The only place that knows libtiff, libjpeg, libpng, Leptonica's readers and
// qpdf's page tree. Runs in a boxed process; every limit is checked before memory is taken for it.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "pipeline/base/bytes.h"
#include "pipeline/base/error.h"
#include "pipeline/base/limits.h"
#include "pipeline/model/image.h"
#include "pipeline/model/page.h"

namespace postkamer::intake {

// Renders one page (0-based) of a PDF to a picture at `dpi`. The worker passes one that runs
// pdftoppm as a child process; tests pass their own.
using RenderPdfPage = std::function<Result<Picture>(ByteView pdf, int page, Dpi dpi)>;

struct DecodeRequest {
  int first_page = 0;  // 0-based
  int max_pages = 16;
};

struct DecodedScan {
  int page_count = 0;          // in the whole file
  std::vector<Picture> pages;  // from first_page on
  Findings findings;           // e.g. "resolution_guessed", "pdf_active_content"
};

// Takes the pictures out of a scan: TIFF (every compression libtiff reads, multi-page), JPEG, PNG,
// PDF; or several of them gathered into one (gathered.h). The kind is told by content, never by
// name. A PDF page that is one scanner image gives that image's own bytes (JPEG, or CCITT in a TIFF
// wrapper); any other page is rendered at 300 dpi. Resolution comes from the file or the PDF page
// box, else it is deduced from A4/A5/Letter size (finding "resolution_guessed"). A picture that is
// to be shown turned, or whose resolutions differ, is turned and made square, and coded again
// without loss, in colour where it has any.
//
// Fails with: invalid_document (reasons scan_empty, scan_not_an_image, scan_truncated,
// scan_damaged,
//             scan_encrypted), resource_limit (limit_file_bytes, limit_page_pixels,
//             limit_side_pixels, limit_side_ratio, limit_file_pages), unsupported (scan_no_pages,
//             scan_format).
// Never crashes on any bytes. Deterministic given the renderer.
Result<DecodedScan> decode_scan(ByteView file, const DecodeRequest& request, const Limits& limits,
                                const RenderPdfPage& render);

// The pixels of a picture, gray, dpi equal in both directions.
// Fails with: invalid_document, resource_limit as above.
Result<GrayImage> open_picture(const Picture& picture, const Limits& limits);

// Bilevel pixels as a G4 TIFF; the small form in which an upright page travels between processes.
Result<Picture> encode_bilevel(const GrayImage& image);

// Gray pixels as a JPEG of `quality` 1..100.
Result<Picture> encode_gray(const GrayImage& image, int quality);

}  // namespace postkamer::intake
