// SPDX-License-Identifier: EUPL-1.2
//
// The one thing that the box of decode asks of its worker: to have a PDF page drawn.
#pragma once

#include <cstddef>

#include <nlohmann/json.hpp>

#include "pipeline/base/units.h"
#include "workers/host/box.h"
#include "workers/intake/render_run.h"

namespace postkamer::workers {

struct RenderQuestion {
  std::ptrdiff_t offset = 0;  // of the PDF in the file: a gathered scan holds several
  std::size_t length = 0;
  int page = 0;  // 0-based
  Dpi dpi;
};

nlohmann::json question_to_render(const RenderQuestion& question);

// Draws pages of the task's first blob. A question that no honest box asks (beyond the file, a page
// over the limit, a resolution out of range) fails with internal (box_nonsense).
host::BoxService render_service(const Limits& limits, const intake::RendererOptions& options = {});

}  // namespace postkamer::workers
