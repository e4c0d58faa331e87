// SPDX-License-Identifier: EUPL-1.2
#include "workers/archive/archive_handler.h"

#include <array>
#include <memory>
#include <optional>

#include "pipeline/archive/document_pdf.h"
#include "pipeline/archive/pdfa_rules.h"
#include "pipeline/intake/embed.h"
#include "workers/archive/provenance.h"
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

// What the worker knows beside its task.
struct Archivist {
  Limits limits;
  archive::Pdfa kind;
  archive::ArchiveResources resources;
};

// A copy that claims to be what it is not must not be kept.
Result<void> check_keeps_its_word(const Bytes& pdf) {
  const auto breaches = archive::pdfa_breaches(pdf, archive::Look::structure);
  if (breaches.empty()) return {};
  return fail(ErrorCode::internal, "pdfa_broken",
              "writing an archive copy: it breaks PDF/A's rule " + breaches.front().rule + " at " +
                  breaches.front().where);
}

Result<host::Outcome> make_copy(const host::Task& task, const Archivist& archivist) {
  PK_TRY(pages_json, host::member(task.body, "pages"));
  std::vector<archive::ArchivePage> pages;
  auto history = nlohmann::json::array();
  for (std::size_t i = 0; i < pages_json.size(); ++i) {
    PK_TRY(page, archive_page(task, pages_json[i], i, archivist.limits));
    history.push_back(page_provenance(pages_json[i], static_cast<int>(i) + 1, page.image));
    pages.push_back(std::move(page));
  }
  const archive::ArchiveInfo info{task.body.value("title", std::string()),
                                  "postkamer " POSTKAMER_VERSION,
                                  task.body.value("date", std::string()), archivist.kind,
                                  task.body.value("record", std::string())};
  PK_TRY(pdf, archive::document_pdf(pages, info, archivist.resources));
  std::optional<archive::Pdfa> kind;
  if (archive::claimable(pages, archivist.kind)) {
    PK_CHECK(check_keeps_its_word(pdf));
    kind = archivist.kind;
  }
  const std::string provenance =
      provenance_json({task.body.value("document", std::string()), task.body.value("revision", 1),
                       task.body.value("replaces", std::string())},
                      pdf, kind, std::move(history))
          .dump(1);
  host::Outcome outcome{nlohmann::json::object(), {}};
  outcome.blobs.push_back(std::move(pdf));
  outcome.blobs.emplace_back(provenance.begin(), provenance.end());
  return outcome;
}

}  // namespace

Result<host::Handler> archive_handler(const host::Settings& settings) {
  PK_TRY(font, host::read_file(kGlyphlessFont));
  PK_TRY(profile, host::read_file(kSrgbProfile));
  const auto archivist = std::make_shared<const Archivist>(
      Archivist{settings.limits, settings.archive.pdfa, {std::move(font), std::move(profile)}});
  return [archivist](const host::Task& task) { return make_copy(task, *archivist); };
}

}  // namespace postkamer::workers
