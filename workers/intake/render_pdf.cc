// SPDX-License-Identifier: EUPL-1.2
#include "workers/intake/render_pdf.h"

#include <utility>

#include <fmt/format.h>

#include "pipeline/intake/jpeg_codec.h"

namespace postkamer::intake {

// The program is not trusted: its answer is opened like any file that comes in.
Result<Picture> rendered_picture(Bytes bytes, int page, Dpi dpi, const Limits& limits) {
  const auto info = read_jpeg_header(bytes, limits);
  if (info)
    return Picture{PictureFormat::jpeg, std::move(bytes), info->width, info->height, dpi, false};
  if (info.error().code == ErrorCode::resource_limit) return tl::unexpected(info.error());
  return fail(
      ErrorCode::invalid_document, "render_failed",
      fmt::format("PDF page {} could not be rendered; print the page and scan it", page + 1));
}

RenderPdfPage pdftoppm_renderer(const Limits& limits, const RendererOptions& options) {
  return [limits, options](ByteView pdf, int page, Dpi dpi) -> Result<Picture> {
    PK_TRY(bytes, render_page(pdf, page, dpi, limits, options));
    return rendered_picture(std::move(bytes), page, dpi, limits);
  };
}

}  // namespace postkamer::intake
