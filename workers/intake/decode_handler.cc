// SPDX-License-Identifier: EUPL-1.2
#include "workers/intake/decode_handler.h"

#include <algorithm>
#include <map>
#include <memory>
#include <utility>

#include "pipeline/intake/decode.h"
#include "pipeline/intake/inspect.h"
#include "workers/host/box.h"
#include "workers/host/task_io.h"
#include "workers/intake/render_pdf.h"
#include "workers/intake/render_service.h"
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

// Everything a decode job needs beside its task.
struct Decoder {
  Limits limits;
  intake::InspectOptions options;
  host::AskWorker ask;
  intake::RenderPdfPage render = nullptr;  // of one file
};

// In a box nothing can be started: the worker is asked to draw a page. It has the file; it is told
// which part of it.
Result<Picture> drawn(const Decoder& decoder, const RenderQuestion& question) {
  PK_TRY(answer, decoder.ask(question_to_render(question)));
  if (answer.empty()) return fail(ErrorCode::internal, "render_failed", "no page was drawn");
  return intake::rendered_picture(std::move(answer.front()), question.page, question.dpi,
                                  decoder.limits);
}

// Asks for each page once: what a page cost, or that it cannot be drawn, is not found out a second
// time when it is decoded alone.
intake::RenderPdfPage asking_renderer(const Decoder& decoder, ByteView file) {
  using Drawings = std::map<std::pair<std::ptrdiff_t, int>, Result<Picture>>;
  return [&decoder, file, done = std::make_shared<Drawings>()](ByteView pdf, int page, Dpi dpi) {
    const std::ptrdiff_t offset = pdf.data() - file.data();
    const auto known = done->find({offset, page});
    if (known != done->end()) return known->second;
    auto picture = drawn(decoder, {offset, pdf.size(), page, dpi});
    done->insert({{offset, page}, picture});
    return picture;
  };
}

// A page of a scan, or why it is none.
using PageOrError = Result<Picture>;

struct ScanPages {
  int page_count = 0;
  std::vector<PageOrError> pages;  // from the request's first page on
  Findings findings;
};

bool is_out_of_time(const Error& error) { return error.reason == host::kNoTime; }

// One page at a time, so that a bad page costs only itself. The error is that of the first page
// when not one of the file could be decoded: then it is the file that is bad. What is only not
// possible now is no fault of a page: the whole is asked for again later. When the time to draw is
// over, what there is goes out; the rest is another task's.
Result<ScanPages> decode_one_by_one(ByteView file, const intake::DecodeRequest& request,
                                    const Decoder& decoder, const Error& first) {
  ScanPages scan;
  bool any = false;
  bool is_cut_short = false;
  for (int i = 0; i < request.max_pages; ++i) {
    const int page = request.first_page + i;
    if (any && page >= scan.page_count) break;
    auto one = intake::decode_scan(file, {page, 1}, decoder.limits, decoder.render);
    is_cut_short = !one && is_out_of_time(one.error()) && !scan.pages.empty();
    if (is_cut_short) break;
    if (!one && one.error().code == ErrorCode::unavailable) return tl::unexpected(one.error());
    if (!one) {
      scan.pages.push_back(tl::unexpected(one.error()));
      continue;
    }
    if (one->pages.empty()) break;
    any = true;
    scan.page_count = one->page_count;
    scan.pages.push_back(std::move(one->pages.front()));
    scan.findings.insert(scan.findings.end(), one->findings.begin(), one->findings.end());
  }
  // Others were decoded in an earlier task, or will be in a later one.
  if (!any && (request.first_page > 0 || is_cut_short)) {
    const auto shape = intake::decode_scan(file, {0, 0}, decoder.limits, decoder.render);
    any = shape.has_value();
    if (any) scan.page_count = shape->page_count;
  }
  if (!any) return tl::unexpected(first);
  const auto known = static_cast<std::size_t>(std::max(0, scan.page_count - request.first_page));
  if (scan.pages.size() > known)
    scan.pages.erase(scan.pages.begin() + static_cast<std::ptrdiff_t>(known), scan.pages.end());
  return scan;
}

Result<ScanPages> decode_pages(ByteView file, const intake::DecodeRequest& request,
                               const Decoder& decoder) {
  auto whole = intake::decode_scan(file, request, decoder.limits, decoder.render);
  if (!whole) return decode_one_by_one(file, request, decoder, whole.error());
  ScanPages scan;
  scan.page_count = whole->page_count;
  scan.findings = std::move(whole->findings);
  for (auto& picture : whole->pages) scan.pages.push_back(std::move(picture));
  return scan;
}

DecodedPage look_at(const PageOrError& picture, int index, const Decoder& decoder) {
  if (!picture) return unreadable({}, index, picture.error());
  const auto pixels = intake::open_picture(*picture, decoder.limits);
  return pixels ? intake::inspect(*pixels, *picture, index, decoder.options)
                : unreadable(*picture, index, pixels.error());
}

// The usual scan of one page is its own picture: the broker has those bytes already.
bool is_scan_itself(const ScanPages& scan, ByteView file) {
  return scan.page_count == 1 && scan.pages.size() == 1 && scan.pages.front() &&
         std::ranges::equal(scan.pages.front()->bytes, file);
}

// What separates the pile of this task; the settings' own where the broker does not tell.
Result<Decoder> for_task(const Decoder& decoder, const host::Task& task) {
  Decoder own = decoder;
  if (const auto told = task.body.find("separation"); told != task.body.end()) {
    PK_TRY(rules, wire::from_json<SeparationRules>(*told));
    own.options.rules = std::move(rules);
  }
  return own;
}

Result<host::Outcome> decode(const host::Task& task, const Decoder& of_settings) {
  PK_TRY(decoder, for_task(of_settings, task));
  PK_TRY(file, host::blob(task, 0));
  decoder.render = asking_renderer(decoder, file);
  const intake::DecodeRequest request{task.body.value("first_page", 0),
                                      std::min(task.body.value("max_pages", 16),
                                               static_cast<int>(decoder.limits.pages_per_decode))};
  PK_TRY(scan, decode_pages(file, request, decoder));

  host::Outcome outcome;
  const bool picture_is_scan = is_scan_itself(scan, file);
  auto pages = nlohmann::json::array();
  for (std::size_t i = 0; i < scan.pages.size(); ++i) {
    const int index = request.first_page + static_cast<int>(i);
    DecodedPage page = look_at(scan.pages[i], index, decoder);
    pages.push_back(wire::to_json(page));
    if (!picture_is_scan) outcome.blobs.push_back(std::move(page.original.bytes));
  }
  outcome.body = {{"page_count", scan.page_count},
                  {"pages", std::move(pages)},
                  {"findings", wire::to_json(scan.findings)},
                  {"picture_is_scan", picture_is_scan}};
  return outcome;
}

}  // namespace

Result<host::Handler> decode_handler(const host::Settings& settings, const host::AskWorker& ask) {
  Decoder decoder{settings.limits, {}, ask};
  decoder.options.rules = settings.splitting.rules;
  return [decoder](const host::Task& task) { return decode(task, decoder); };
}

}  // namespace postkamer::workers
