// SPDX-License-Identifier: EUPL-1.2
//
// The renderer for PDF pages that are no scanner image, for a process that may start it: one boxed
// pdftoppm a page (render_run.h).
#pragma once

#include "pipeline/intake/decode.h"
#include "workers/intake/render_run.h"

namespace postkamer::intake {

// What the renderer gave, as a picture: a JPEG (colour kept, quality 90).
// Fails with: invalid_document render_failed, resource_limit as check_page_size.
Result<Picture> rendered_picture(Bytes bytes, int page, Dpi dpi, const Limits& limits);

// Renders at the resolution asked for. Fails as render_page and rendered_picture.
RenderPdfPage pdftoppm_renderer(const Limits& limits, const RendererOptions& options = {});

}  // namespace postkamer::intake
