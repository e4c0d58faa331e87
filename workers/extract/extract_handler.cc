// SPDX-License-Identifier: EUPL-1.2
#include "workers/extract/extract_handler.h"

#include <memory>

#include "classifiers/handprint/handprint_reader.h"
#include "classifiers/mark/mark_reader.h"
#include "classifiers/signature/signature_reader.h"
#include "pipeline/extract/zones.h"
#include "pipeline/intake/decode.h"
#include "pipeline/ocr/recognise.h"
#include "pipeline/publish/event.h"
#include "workers/extract/assemble.h"
#include "workers/host/files.h"
#include "workers/host/task_io.h"
#include "workers/wire/model_json.h"

namespace postkamer::workers {
namespace {

// Lends the OCR engine to the zone reader.
class EngineTextReader : public extract::TextReader {
 public:
  explicit EngineTextReader(ocr::Engine& engine) : engine_(engine) {}

  Result<Line> read_line(const GrayImage& zone, std::string_view allowed) override {
    PK_TRY(words, engine_.read(zone, {ocr::Layout::line, std::string(allowed)}));
    Line line;
    line.confidence = words.empty() ? 0.0 : 1.0;
    for (const auto& word : words) {
      if (!line.text.empty()) line.text += ' ';
      line.text += word.text;
      line.confidence = std::min(line.confidence, word.confidence);
    }
    line.words = std::move(words);
    return line;
  }

 private:
  ocr::Engine& engine_;
};

// Everything that is loaded once.
struct Readers {
  Limits limits;
  host::FormCatalogue catalogue;
  std::unique_ptr<ocr::Engine> engine;
  std::unique_ptr<extract::CharacterReader> characters;
  classifiers::MarkReader marks;
  classifiers::SignatureReader signatures;
  Provenance provenance;
};

Result<host::Outcome> not_that_form(const Error& error) {
  const Findings findings{{"form_mismatch", "", 0, Severity::doubt, error.reason}};
  return host::Outcome{{{"registered", false}, {"findings", wire::to_json(findings)}}, {}};
}

Result<host::Outcome> extract_page(const host::Task& task, const Readers& readers) {
  PK_TRY(candidate_json, host::member(task.body, "candidate"));
  PK_TRY(candidate, wire::from_json<FormCandidate>(candidate_json));
  const auto* entry = readers.catalogue.find(candidate.form, candidate.version);
  if (entry == nullptr || candidate.page < 1 ||
      candidate.page > static_cast<int>(entry->blanks.size()))
    return not_that_form({ErrorCode::unsupported, "form_not_loaded", ""});
  const auto& blank = entry->blanks[static_cast<std::size_t>(candidate.page) - 1];

  PK_TRY(page_json, host::member(task.body, "page"));
  PK_TRY(page, wire::from_json<DecodedPage>(page_json));
  PK_TRY(bytes, host::blob(task, 0));
  page.original.bytes = std::move(bytes);
  PK_TRY(original, intake::open_picture(page.original, readers.limits));
  PK_TRY(upright, host::upright_page(task, 1, readers.limits));

  const auto registration = extract::register_page(upright, blank, candidate, {});
  if (!registration && registration.error().code == ErrorCode::unsupported)
    return not_that_form(registration.error());
  if (!registration) return tl::unexpected(registration.error());

  EngineTextReader text(*readers.engine);
  const extract::ZoneReaders zone_readers{*readers.characters, readers.marks, readers.signatures,
                                          text};
  PK_TRY(readings, extract::read_zones(original, *registration, blank, entry->form, candidate.page,
                                       zone_readers));
  return host::Outcome{{{"registered", true},
                        {"registration", wire::to_json(*registration)},
                        {"readings", wire::to_json(readings)},
                        {"findings", nlohmann::json::array()}},
                       {}};
}

// Reads an optional member into `target`; a member that is absent or null leaves it as it is.
template <class T>
Result<void> take(const nlohmann::json& body, std::string_view name, T& target) {
  const auto found = body.find(name);
  if (found == body.end() || found->is_null()) return {};
  PK_TRY(value, wire::from_json<T>(*found));
  target = std::move(value);
  return {};
}

Result<AssemblePage> assemble_page(const nlohmann::json& json) {
  AssemblePage page;
  page.scan = json.value("scan", std::string());
  page.file = json.value("file", std::string());
  page.picture_sha256 = json.value("picture_sha256", std::string());
  page.quarantined = json.value("quarantined", false);
  PK_CHECK(take(json, "page", page.page));
  PK_CHECK(take(json, "upright", page.upright));
  PK_CHECK(take(json, "classification", page.classification));
  PK_CHECK(take(json, "readings", page.readings));
  PK_CHECK(take(json, "words", page.words));
  PK_CHECK(take(json, "findings", page.findings));
  if (const auto found = json.find("registration"); found != json.end() && found->is_object()) {
    PK_TRY(registration, wire::from_json<extract::Registration>(*found));
    page.registration = std::move(registration);
  }
  return page;
}

Result<host::Outcome> assemble_document(const host::Task& task, const Readers& readers) {
  AssembleInput input;
  input.document = task.body.value("document", std::string());
  input.batch = task.body.value("batch", std::string());
  input.date_of_receipt = task.body.value("date_of_receipt", std::string());
  input.provenance = readers.provenance;
  PK_CHECK(take(task.body, "findings", input.findings));
  PK_TRY(pages, host::member(task.body, "pages"));
  for (const auto& json : pages) {
    PK_TRY(page, assemble_page(json));
    input.pages.push_back(std::move(page));
  }
  const Record record = assemble(input, readers.catalogue);
  const auto* entry = readers.catalogue.find(record.form, record.form_version);
  return host::Outcome{{{"record", publish::record_json(record, entry ? &entry->form : nullptr)}},
                       {}};
}

Result<std::shared_ptr<Readers>> load_readers(const host::Settings& settings) {
  auto readers = std::make_shared<Readers>();
  readers->limits = settings.limits;
  PK_TRY(catalogue, host::FormCatalogue::load(settings.forms, host::FormCatalogue::Blanks::yes));
  readers->catalogue = std::move(catalogue);
  PK_TRY(engine, ocr::Engine::create({settings.ocr_languages, ""}));
  readers->engine = std::move(engine);
  const auto folder = host::installation_root() / "classifiers" / "handprint";
  PK_TRY(model, host::read_file(folder / "model.onnx"));
  PK_TRY(calibration, host::read_file(folder / "model.json"));
  PK_TRY(characters, classifiers::HandprintReader::create(model, calibration));
  readers->characters = std::move(characters);
  readers->provenance = {"postkamer " POSTKAMER_VERSION, readers->engine->version(),
                         readers->characters->model(), ""};
  return readers;
}

}  // namespace

Result<host::Handler> extract_handler(const host::Settings& settings) {
  PK_TRY(readers, load_readers(settings));
  return [readers](const host::Task& task) {
    return task.kind == "assemble" ? assemble_document(task, *readers)
                                   : extract_page(task, *readers);
  };
}

}  // namespace postkamer::workers
