// SPDX-License-Identifier: EUPL-1.2
#include "workers/intake/decode_handler.h"

#include "pipeline/intake/decode.h"
#include "pipeline/intake/inspect.h"
#include "workers/host/task_io.h"
#include "workers/intake/render_pdf.h"
#include "workers/wire/model_json.h"

namespace postkamer::workers {
namespace {

// A page whose picture cannot be opened still counts as a page: it travels on with the finding, its
// next stage fails on it, and it ends in quarantine with the reason.
DecodedPage unreadable(Picture picture, int index, const Error& error) {
  DecodedPage page;
  page.index = index;
  page.original = std::move(picture);
  page.findings.push_back({error.reason, "", 0, Severity::doubt, ""});
  return page;
}

Result<host::Outcome> decode(const host::Task& task, const Limits& limits,
                             const intake::InspectOptions& options,
                             const intake::RenderPdfPage& render) {
  PK_TRY(file, host::blob(task, 0));
  const intake::DecodeRequest request{task.body.value("first_page", 0),
                                      task.body.value("max_pages", 16)};
  PK_TRY(scan, intake::decode_scan(file, request, limits, render));

  host::Outcome outcome;
  auto pages = nlohmann::json::array();
  for (std::size_t i = 0; i < scan.pages.size(); ++i) {
    const int index = request.first_page + static_cast<int>(i);
    const auto pixels = intake::open_picture(scan.pages[i], limits);
    DecodedPage page = pixels ? intake::inspect(*pixels, scan.pages[i], index, options)
                              : unreadable(scan.pages[i], index, pixels.error());
    pages.push_back(wire::to_json(page));
    outcome.blobs.push_back(std::move(page.original.bytes));
  }
  outcome.body = {{"page_count", scan.page_count},
                  {"pages", std::move(pages)},
                  {"findings", wire::to_json(scan.findings)}};
  return outcome;
}

}  // namespace

Result<host::Handler> decode_handler(const host::Settings& settings) {
  intake::InspectOptions options;
  options.separator_prefixes = settings.separator_prefixes;
  return [limits = settings.limits, options, render = intake::pdftoppm_renderer(settings.limits)](
             const host::Task& task) { return decode(task, limits, options, render); };
}

}  // namespace postkamer::workers
