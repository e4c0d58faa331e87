// SPDX-License-Identifier: EUPL-1.2
#include "workers/extract/assemble.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <set>

#include "pipeline/review/review.h"
#include "pipeline/validate/letter.h"
#include "pipeline/validate/validate.h"
#include "workers/extract/taught_document.h"

namespace postkamer::workers {
namespace {

// The form whose pages were registered; the first such page decides, as splitting keeps pages of
// one form together and reports the others as foreign.
const FormCandidate* form_of(const AssembleInput& input) {
  for (const auto& page : input.pages)
    if (page.registration && page.classification.form) return &*page.classification.form;
  return nullptr;
}

bool is_page_of(const AssemblePage& page, const FormCandidate& form) {
  return page.registration && page.classification.form &&
         page.classification.form->form == form.form &&
         page.classification.form->version == form.version;
}

// How far the form's middle lies turned on the original, apart from quarter turns, clockwise. Where
// a page is a little askew in itself its lines do not agree; the registration weighs all of them.
Degrees lean_of(const extract::Registration& registration) {
  constexpr double kHalfMm = 80.0;
  constexpr Point kMiddleMm{105.0, 148.5};
  const Point left = registration.mm_to_original.apply({kMiddleMm.x - kHalfMm, kMiddleMm.y});
  const Point right = registration.mm_to_original.apply({kMiddleMm.x + kHalfMm, kMiddleMm.y});
  const double angle = std::atan2(right.y - left.y, right.x - left.x) * 180.0 / std::numbers::pi;
  return {std::remainder(angle, 90.0)};
}

RecordPage record_page(const AssemblePage& page) {
  RecordPage told;
  told.scan = page.scan;
  told.file = page.file;
  told.index = page.page.index;
  told.picture_sha256 = page.picture_sha256;
  told.dpi = page.page.original.dpi;
  told.skew = page.upright.skew;
  told.turn = page.classification.form ? page.classification.form->turn : page.words.turn;
  told.quality = page.upright.quality;
  if (page.registration) {
    told.form_page = page.classification.form->page;
    told.skew = lean_of(*page.registration);
    const auto& map = page.registration->mm_to_original.m;
    told.mm_to_px.assign(map.begin(), map.end());
  }
  return told;
}

// Findings of one page's stages, told as findings of the document's page `number`.
void append(Findings& all, const Findings& some, int number) {
  for (Finding finding : some) {
    finding.page = number;
    all.push_back(std::move(finding));
  }
}

Findings page_findings(const AssembleInput& input) {
  Findings all = input.findings;
  for (std::size_t i = 0; i < input.pages.size(); ++i) {
    const auto& page = input.pages[i];
    const int number = static_cast<int>(i) + 1;
    append(all, page.page.findings, number);
    append(all, page.upright.findings, number);
    append(all, page.classification.findings, number);
    append(all, page.findings, number);
    if (page.quarantined) all.push_back({"page_quarantined", "", number, Severity::doubt, ""});
  }
  return all;
}

void report_missing_pages(const forms::Form& form, const AssembleInput& input,
                          const FormCandidate& chosen, Findings& findings) {
  std::set<int> present;
  for (const auto& page : input.pages)
    if (is_page_of(page, chosen)) present.insert(page.classification.form->page);
  const bool told = std::ranges::any_of(
      findings, [](const Finding& finding) { return finding.code == "page_missing"; });
  if (present.size() < form.pages.size() && !told)
    findings.push_back(
        {"page_missing", "", 0, Severity::doubt,
         std::to_string(present.size()) + " of " + std::to_string(form.pages.size()) + " pages"});
}

void fill_known(Record& record, const AssembleInput& input, const FormCandidate& chosen,
                const forms::Form& form, const validate::Lexica& lexica) {
  record.form = form.id;
  record.form_version = form.version;
  record.form_probability = chosen.probability;
  record.provenance.form_sha256 = form.sha256;
  std::vector<Reading> readings;
  for (const auto& page : input.pages)
    if (is_page_of(page, chosen))
      readings.insert(readings.end(), page.readings.begin(), page.readings.end());
  auto validated = validate::validate(form, readings, input.date_of_receipt, lexica);
  record.fields = std::move(validated.fields);
  report_missing_pages(form, input, chosen, record.findings);
  record.findings.insert(record.findings.end(), validated.findings.begin(),
                         validated.findings.end());
}

std::vector<validate::PageWords> words_of(const AssembleInput& input) {
  std::vector<validate::PageWords> pages;
  for (std::size_t i = 0; i < input.pages.size(); ++i)
    pages.push_back({static_cast<int>(i) + 1, input.pages[i].words.words});
  return pages;
}

// A form taught by example has no zones: its type and its text are all there is.
void fill_taught(Record& record, const AssembleInput& input, const FormCandidate& type,
                 const host::FormCatalogue& forms) {
  record.form = type.form;
  record.form_version = type.version;
  record.form_probability = type.probability;
  if (const auto* entry = forms.find(type.form, type.version))
    record.provenance.form_sha256 = entry->form.sha256;
  record.full_text = validate::full_text(words_of(input));
}

// The kind of letter, all kinds as alternatives. It stands in the whole text, so it has no box.
void tell_kind(Record& record, const letter::KindReader& kinds) {
  const auto all = kinds.read(record.full_text);
  if (all.empty()) return;
  FieldResult kind;
  kind.field = "kind";
  kind.value = all.front().text;
  kind.alternatives = all;
  kind.probability = all.front().probability;
  kind.method = Method::keyword;
  record.fields.push_back(std::move(kind));
}

void fill_unknown(Record& record, const AssembleInput& input, const Knowledge& knowledge) {
  const auto pages = words_of(input);
  record.fields = validate::find_in_letter(pages);
  record.full_text = validate::full_text(pages);
  if (knowledge.kinds) tell_kind(record, *knowledge.kinds);
  record.findings.push_back({"form_unknown", "", 0, Severity::doubt, ""});
}

}  // namespace

Record assemble(const AssembleInput& input, const host::FormCatalogue& forms,
                const Knowledge& knowledge) {
  Record record;
  record.document = input.document;
  record.batch = input.batch;
  record.date_of_receipt = input.date_of_receipt;
  record.batch_class = input.batch_class;
  record.case_number = input.case_number;
  record.provenance = input.provenance;
  record.findings = page_findings(input);
  for (const auto& page : input.pages) record.pages.push_back(record_page(page));

  const FormCandidate* chosen = form_of(input);
  const auto* entry = chosen ? forms.find(chosen->form, chosen->version) : nullptr;
  if (entry != nullptr)
    fill_known(record, input, *chosen, entry->form, knowledge.lexica);
  else if (const auto type = taught_form_of(input, forms))
    fill_taught(record, input, *type, forms);
  else
    fill_unknown(record, input, knowledge);
  record.status = review::needs_person(record) ? RecordStatus::review : RecordStatus::ready;
  return record;
}

}  // namespace postkamer::workers
