// SPDX-License-Identifier: EUPL-1.2
#include "workers/extract/extract_handler.h"

#include <memory>

#include "pipeline/intake/decode.h"
#include "pipeline/publish/event.h"
#include "workers/extract/assemble.h"
#include "workers/extract/page_reader.h"
#include "workers/host/files.h"
#include "workers/host/lexica.h"
#include "workers/host/task_io.h"
#include "workers/wire/model_json.h"

namespace postkamer::workers {
namespace {

// Everything that is loaded once.
struct Loaded {
  Limits limits;
  host::FormCatalogue catalogue;
  Knowledge knowledge;
  std::unique_ptr<PageReader> reader;
};

Result<host::Outcome> not_that_form(const Error& error) {
  const Findings findings{{"form_mismatch", "", 0, Severity::doubt, error.reason}};
  return host::Outcome{{{"registered", false}, {"findings", wire::to_json(findings)}}, {}};
}

Result<host::Outcome> extract_page(host::Task& task, const Loaded& loaded) {
  PK_TRY(candidate_json, host::member(task.body, "candidate"));
  PK_TRY(candidate, wire::from_json<FormCandidate>(candidate_json));
  PK_TRY(page_json, host::member(task.body, "page"));
  PK_TRY(page, wire::from_json<DecodedPage>(page_json));
  PK_TRY(bytes, host::take_blob(task, 0));
  page.original.bytes = std::move(bytes);
  PK_TRY(original, intake::open_picture(page.original, loaded.limits));
  PK_TRY(upright, host::upright_page(task, 1, loaded.limits));

  const auto read = loaded.reader->read(original, upright, page.codes, candidate, loaded.catalogue);
  if (!read && read.error().code == ErrorCode::unsupported) return not_that_form(read.error());
  if (!read) return tl::unexpected(read.error());
  return host::Outcome{{{"registered", true},
                        {"registration", wire::to_json(read->registration)},
                        {"readings", wire::to_json(read->readings)},
                        {"recognised", wire::to_json(read->recognised)},
                        {"findings", wire::to_json(read->findings)}},
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

Result<host::Outcome> assemble_document(const host::Task& task, const Loaded& loaded) {
  AssembleInput input;
  input.document = task.body.value("document", std::string());
  input.batch = task.body.value("batch", std::string());
  input.date_of_receipt = task.body.value("date_of_receipt", std::string());
  input.batch_class = task.body.value("class", std::string());
  input.case_number = task.body.value("case_number", std::string());
  input.provenance = loaded.reader->provenance();
  PK_CHECK(take(task.body, "findings", input.findings));
  PK_TRY(pages, host::member(task.body, "pages"));
  for (const auto& json : pages) {
    PK_TRY(page, assemble_page(json));
    input.pages.push_back(std::move(page));
  }
  const Record record = assemble(input, loaded.catalogue, loaded.knowledge);
  const auto* entry = loaded.catalogue.find(record.form, record.form_version);
  return host::Outcome{{{"record", publish::record_json(record, entry ? &entry->form : nullptr)}},
                       {}};
}

}  // namespace

Result<host::Handler> extract_handler(const host::Settings& settings) {
  auto loaded = std::make_shared<Loaded>();
  loaded->limits = settings.limits;
  PK_TRY(catalogue,
         host::FormCatalogue::load(settings.forms, host::FormCatalogue::Blanks::with_words));
  loaded->catalogue = std::move(catalogue);
  PK_TRY(lexica, host::load_lexica(settings));
  loaded->knowledge.lexica = std::move(lexica);
  PK_TRY(table, host::read_file(host::installation_root() / "classifiers/letter/model.tsv"));
  PK_TRY(kinds, letter::KindReader::create(text_of(table)));
  loaded->knowledge.kinds = std::move(kinds);
  PK_TRY(reader, PageReader::load(settings));
  loaded->reader = std::move(reader);
  return [loaded](host::Task& task) {
    return task.kind == "assemble" ? assemble_document(task, *loaded) : extract_page(task, *loaded);
  };
}

}  // namespace postkamer::workers
