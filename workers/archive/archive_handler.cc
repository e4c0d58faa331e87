// SPDX-License-Identifier: EUPL-1.2
#include "workers/archive/archive_handler.h"

#include <array>
#include <memory>

#include "pipeline/archive/document_pdf.h"
#include "pipeline/intake/embed.h"
#include "workers/host/files.h"
#include "workers/host/task_io.h"
#include "workers/wire/model_json.h"

namespace postkamer::workers {
namespace {

constexpr const char* kGlyphlessFont = "/usr/share/tesseract-ocr/5/tessdata/pdf.ttf";
constexpr const char* kSrgbProfile = "/usr/share/color/icc/sRGB.icc";

Result<archive::ArchivePage> archive_page(const host::Task& task, const nlohmann::json& json,
                                          std::size_t n, const Limits& limits) {
  PK_TRY(meta, host::member(json, "picture"));
  PK_TRY(picture, host::picture(task, meta, n));
  PK_TRY(embedded, intake::embeddable(picture, limits));
  archive::ArchivePage page;
  page.image = std::move(embedded);
  if (const auto words = json.find("words"); words != json.end() && words->is_array()) {
    PK_TRY(read, wire::from_json<std::vector<Word>>(*words));
    page.words = std::move(read);
  }
  page.turn = static_cast<QuarterTurn>(json.value("turn", 0) & 3);
  return page;
}

Result<host::Outcome> make_pdf(const host::Task& task, const Limits& limits,
                               const archive::ArchiveResources& resources) {
  PK_TRY(pages_json, host::member(task.body, "pages"));
  std::vector<archive::ArchivePage> pages;
  for (std::size_t i = 0; i < pages_json.size(); ++i) {
    PK_TRY(page, archive_page(task, pages_json[i], i, limits));
    pages.push_back(std::move(page));
  }
  const archive::ArchiveInfo info{task.body.value("title", std::string()),
                                  "postkamer " POSTKAMER_VERSION,
                                  task.body.value("date", std::string())};
  PK_TRY(pdf, archive::document_pdf(pages, info, resources));
  host::Outcome outcome{nlohmann::json::object(), {}};
  outcome.blobs.push_back(std::move(pdf));
  return outcome;
}

}  // namespace

Result<host::Handler> archive_handler(const host::Settings& settings) {
  PK_TRY(font, host::read_file(kGlyphlessFont));
  PK_TRY(profile, host::read_file(kSrgbProfile));
  auto resources = std::make_shared<archive::ArchiveResources>(
      archive::ArchiveResources{std::move(font), std::move(profile)});
  return [limits = settings.limits, resources](const host::Task& task) {
    return make_pdf(task, limits, *resources);
  };
}

}  // namespace postkamer::workers
