// SPDX-License-Identifier: EUPL-1.2
#include "workers/postkamer/first_page.h"

#include <nlohmann/json.hpp>

#include "pipeline/deskew/deskew.h"
#include "pipeline/intake/decode.h"
#include "pipeline/intake/inspect.h"
#include "workers/host/files.h"
#include "workers/intake/render_pdf.h"
#include "workers/wire/model_json.h"

namespace postkamer {
namespace {

constexpr int kPagesAtOnce = 4;

struct FirstPage {
  GrayImage pixels;
  int index = 0;
};

// The first page with content, its pixels as the scanner made them.
Result<FirstPage> first_content(ByteView bytes, const host::Settings& settings) {
  const auto render = intake::pdftoppm_renderer(settings.limits);
  intake::InspectOptions options;
  options.rules = settings.splitting.rules;
  int count = 1;
  for (int from = 0; from < count; from += kPagesAtOnce) {
    PK_TRY(scan, intake::decode_scan(bytes, {from, kPagesAtOnce}, settings.limits, render));
    count = scan.page_count;
    for (std::size_t i = 0; i < scan.pages.size(); ++i) {
      PK_TRY(pixels, intake::open_picture(scan.pages[i], settings.limits));
      const int index = from + static_cast<int>(i);
      const auto page = intake::inspect(pixels, scan.pages[i], index, options);
      if (page.kind == PageKind::content) return FirstPage{std::move(pixels), index};
    }
  }
  return fail(ErrorCode::invalid_document, "scan_no_content",
              "reading a scan: every page of it is blank or a separator");
}

Result<taught::PageText> text_from(const std::string& kept) {
  const auto json = nlohmann::json::parse(kept, nullptr, false);
  if (!json.is_object() || !json.contains("recognised") || !json.contains("upright") ||
      !json.contains("pxPerMm"))
    return fail(ErrorCode::invalid_config, "words_invalid",
                "reading kept words: not what was written there; delete the file");
  PK_TRY(page, wire::from_json<RecognisedPage>(json["recognised"]));
  PK_TRY(to_upright, wire::from_json<Transform>(json["upright"]));
  return taught::page_text(page.words, {to_upright, page.turn, json.value("pxPerMm", 1.0)});
}

}  // namespace

Result<FirstPageReader> FirstPageReader::create(const host::Settings& settings,
                                                std::filesystem::path kept) {
  FirstPageReader reader;
  reader.settings_ = settings;
  reader.kept_ = std::move(kept);
  PK_TRY(engine, ocr::Engine::create({settings.ocr_languages, ""}));
  reader.engine_ = std::move(engine);
  return reader;
}

Result<std::string> FirstPageReader::words_json(ByteView bytes) const {
  PK_TRY(first, first_content(bytes, settings_));
  PK_TRY(upright, deskew::deskew(first.pixels, {}));
  PK_TRY(recognised, ocr::recognise(upright, nullptr, *engine_));
  const nlohmann::json json{{"recognised", wire::to_json(recognised)},
                            {"upright", wire::to_json(upright.original_to_upright)},
                            {"pxPerMm", pixels_per_mm(first.pixels.dpi)}};
  return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

Result<taught::PageText> FirstPageReader::read(const std::filesystem::path& scan) {
  PK_TRY(bytes, host::read_file(scan));
  if (kept_.empty()) {
    PK_TRY(words, words_json(bytes));
    return text_from(words);
  }
  const auto file = kept_ / (sha256_hex(bytes) + "-" + settings_.ocr_languages + ".json");
  std::error_code failed;
  if (std::filesystem::is_regular_file(file, failed)) {
    PK_TRY(words, host::read_file(file));
    return text_from(std::string(text_of(words)));
  }
  PK_TRY(words, words_json(bytes));
  std::filesystem::create_directories(kept_, failed);
  PK_CHECK(host::write_file(file, bytes_of(words)));
  return text_from(words);
}

}  // namespace postkamer
