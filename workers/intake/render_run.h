// SPDX-License-Identifier: EUPL-1.2
//
// Runs pdftoppm in a box of its own: a program of others (GPL, so never linked) that opens a
// hostile PDF. What it gives is not looked at here; it is opened in the box of whoever asked.
#pragma once

#include <string>

#include "pipeline/base/bytes.h"
#include "pipeline/base/error.h"
#include "pipeline/base/limits.h"
#include "pipeline/base/units.h"
#include "workers/host/box_features.h"

namespace postkamer::intake {

struct RendererOptions {
  std::string program = "/usr/bin/pdftoppm";
  host::KernelFeatures walls = host::probe_kernel();
};

// One page (0-based) of a PDF at `dpi`, as a JPEG if the program is honest. The PDF goes in and the
// picture comes out through memory files: no name in any folder. The program gets limits.render_ms
// of wall clock and of processor time, an address space, an output size, no core file, no
// environment but PATH and LC_ALL, and every wall of host::ForeignWalls.
// Fails with: unavailable renderer_missing, resource_limit limit_render_ms,
//             invalid_document render_failed, internal box_not_closed.
Result<Bytes> render_page(ByteView pdf, int page, Dpi dpi, const Limits& limits,
                          const RendererOptions& options);

}  // namespace postkamer::intake
