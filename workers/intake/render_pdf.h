// SPDX-License-Identifier: EUPL-1.2
//
// The renderer for PDF pages that are no scanner image: pdftoppm as a child process of its own,
// with its own ceilings. It is GPL, so it is never linked; and what it opens is hostile, so it may
// die.
#pragma once

#include <string>

#include "pipeline/base/limits.h"
#include "pipeline/intake/decode.h"

namespace postkamer::intake {

struct RendererOptions {
  std::string program = "/usr/bin/pdftoppm";
};

// A renderer that runs one pdftoppm a page. The PDF goes in and the picture comes out through
// memory files: no name in any folder. The child gets limits.render_ms of wall clock and of CPU, an
// address space, an output size, no core file and no environment but PATH and LC_ALL.
//
// What it gives is a JPEG (colour kept, quality 90) at the resolution asked for.
// Fails with: unavailable renderer_missing, resource_limit limit_render_ms,
//             invalid_document render_failed.
RenderPdfPage pdftoppm_renderer(const Limits& limits, const RendererOptions& options = {});

}  // namespace postkamer::intake
