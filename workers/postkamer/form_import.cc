// SPDX-License-Identifier: EUPL-1.2
#include <cmath>
#include <ostream>

#include <fmt/format.h>

#include "pipeline/forms/draft.h"
#include "pipeline/forms/layout.h"
#include "pipeline/intake/decode.h"
#include "workers/host/files.h"
#include "workers/intake/render_pdf.h"
#include "workers/postkamer/exit_codes.h"
#include "workers/postkamer/form_commands.h"

namespace postkamer {
namespace {

namespace fs = std::filesystem;

constexpr int kMostPages = 99;
constexpr double kSameSize = 2.0;  // mm that the blank's page may differ from what the layout says

std::string_view suffix_of(PictureFormat format) {
  switch (format) {
    case PictureFormat::tiff: return "tif";
    case PictureFormat::jpeg: return "jpg";
    case PictureFormat::png: return "png";
  }
  return "tif";
}

Result<forms::Layout> read_layout(const fs::path& file) {
  PK_TRY(bytes, host::read_file(file));
  auto layout = forms::read_layout(text_of(bytes), file.string());
  if (layout) return std::move(*layout);
  std::string mistakes;
  for (const auto& mistake : layout.error())
    mistakes += (mistakes.empty() ? "" : "\n") + forms::text_of(mistake);
  return fail(ErrorCode::invalid_config, "layout_invalid", mistakes);
}

// The blank's pages as pictures, each of the size that the layout gives.
Result<std::vector<Picture>> blanks_of(const forms::Form& form, ByteView blank,
                                       const fs::path& file) {
  const Limits limits;
  PK_TRY(scan,
         intake::decode_scan(blank, {0, kMostPages}, limits, intake::pdftoppm_renderer(limits)));
  if (scan.page_count != std::ssize(form.pages))
    return fail(ErrorCode::invalid_config, "form_blank",
                fmt::format("{}: the blank has {} pages, the layout {}", file.string(),
                            scan.page_count, form.pages.size()));
  for (std::size_t i = 0; i < scan.pages.size(); ++i) {
    PK_TRY(image, intake::open_picture(scan.pages[i], limits));
    const double scale = pixels_per_mm(image.dpi);
    const double width = image.width() / scale;
    const double height = image.height() / scale;
    const forms::FormPage& page = form.pages[i];
    if (std::abs(width - page.width) > kSameSize || std::abs(height - page.height) > kSameSize)
      return fail(ErrorCode::invalid_config, "form_blank",
                  fmt::format("{}: page {} is {:.0f} by {:.0f} mm, the layout says {:g} by {:g}",
                              file.string(), page.number, width, height, page.width, page.height));
  }
  return std::move(scan.pages);
}

// Nothing is written before all is known to be right.
Result<forms::Layout> import(const fs::path& layout_file, const fs::path& blank_file,
                             const fs::path& folder) {
  PK_TRY(layout, read_layout(layout_file));
  forms::Form& form = layout.form;
  PK_TRY(blank, host::read_file(blank_file));
  PK_TRY(pictures, blanks_of(form, blank, blank_file));
  std::error_code failed;
  fs::create_directories(folder, failed);
  for (std::size_t i = 0; i < pictures.size(); ++i) {
    form.pages[i].blank = fmt::format("blank-{}.{}", i + 1, suffix_of(pictures[i].format));
    PK_CHECK(host::write_file(folder / form.pages[i].blank, pictures[i].bytes));
  }
  PK_CHECK(host::write_file(folder / "blank.pdf", blank));
  const std::string toml = forms::form_toml(form);
  PK_CHECK(host::write_file(folder / "form.toml", bytes_of(toml)));
  return layout;
}

}  // namespace

int form_import(const fs::path& layout_file, const fs::path& blank, const fs::path& folder,
                std::ostream& err) {
  const auto layout = import(layout_file, blank, folder);
  if (!layout) {
    err << layout.error().message << '\n';
    return layout.error().code == ErrorCode::invalid_config ? exit_code::kConfig
                                                            : exit_code::kFailed;
  }
  for (const std::string& notice : layout->notices)
    err << layout_file.string() << ": " << notice << '\n';
  err << fmt::format("{}: {} {}, {} fields on {} pages\n", (folder / "form.toml").string(),
                     layout->form.id, layout->form.version, layout->form.fields.size(),
                     layout->form.pages.size());
  return exit_code::kOk;
}

}  // namespace postkamer
