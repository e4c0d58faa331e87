// SPDX-License-Identifier: EUPL-1.2
#include <cmath>
#include <nlohmann/json.hpp>

#include "pipeline/model/finding_texts.h"
#include "pipeline/publish/event.h"
#include "pipeline/publish/values.h"

namespace postkamer::publish {

using Json = nlohmann::ordered_json;

namespace {

// JSON has no infinities; a measure that has gone wrong is no reason to lose the record.
double finite(double number) { return std::isfinite(number) ? number : 0.0; }

Json finding_json(const Finding& finding) {
  Json json = Json::object();
  json["code"] = mended(finding.code);
  json["severity"] = finding.severity == Severity::notice ? "notice" : "doubt";
  if (!finding.field.empty()) json["field"] = mended(finding.field);
  if (finding.page != 0) json["page"] = finding.page;
  json["text"] = finding_text(finding.code).dutch;
  if (!finding.evidence.empty()) json["evidence"] = mended(finding.evidence);
  return json;
}

Json findings_json(const Findings& findings) {
  Json json = Json::array();
  for (const Finding& finding : findings) json.push_back(finding_json(finding));
  return json;
}

Json field_json(const FieldResult& field) {
  Json alternatives = Json::array();
  for (const Alternative& alternative : field.alternatives) {
    alternatives.push_back(
        {{"value", mended(alternative.text)}, {"probability", finite(alternative.probability)}});
  }
  Json json = Json::object();
  json["value"] = plain_json(field.value);
  json["raw"] = mended(field.raw);
  json["probability"] = finite(field.probability);
  json["method"] = name_of(field.method);
  json["page"] = field.page;
  json["box"] = {finite(field.box.x), finite(field.box.y), finite(field.box.width),
                 finite(field.box.height)};
  json["accepted"] = field.accepted;
  json["verifiedBy"] = field.verified_by.empty() ? Json(nullptr) : Json(mended(field.verified_by));
  json["alternatives"] = std::move(alternatives);
  json["findings"] = findings_json(field.findings);
  return json;
}

Json page_json(const RecordPage& page) {
  Json mm_to_px = Json::array();
  for (const double number : page.mm_to_px) mm_to_px.push_back(finite(number));
  return {{"scan", mended(page.scan)},
          {"file", mended(page.file)},
          {"index", page.index},
          {"pictureSha256", mended(page.picture_sha256)},
          {"formPage", page.form_page},
          {"dpi", finite(page.dpi.value)},
          {"skewDegrees", finite(page.skew.value)},
          {"turnDegrees", 90 * static_cast<int>(page.turn)},
          {"mmToPx", std::move(mm_to_px)},
          {"quality",
           {{"effectiveDpi", finite(page.quality.effective_dpi)},
            {"focus", finite(page.quality.focus)},
            {"contrast", finite(page.quality.contrast)},
            {"clippedShare", finite(page.quality.clipped_share)},
            {"missingCorners", page.quality.missing_corners}}}};
}

Json form_json(const Record& record, const forms::Form* form) {
  if (record.form.empty()) return nullptr;
  Json json = Json::object();
  json["id"] = mended(record.form);
  json["version"] = mended(record.form_version);
  json["probability"] = finite(record.form_probability);
  if (form != nullptr && !form->twin.form_id.empty()) {
    json["twin"] = {{"formName", mended(form->twin.form_name)},
                    {"formId", mended(form->twin.form_id)}};
  }
  return json;
}

const FieldResult* result_of(const Record& record, const std::string& name) {
  for (const FieldResult& field : record.fields) {
    if (field.field == name) return &field;
  }
  return nullptr;
}

Json values_json(const Record& record, const forms::Form* form) {
  Json values = Json::object();
  if (form == nullptr) {
    for (const FieldResult& field : record.fields) {
      values[mended(field.field)] = plain_json(field.value);
    }
    return values;
  }
  for (const forms::Field& field : form->fields) {
    const FieldResult* result = result_of(record, field.name);
    values[field.name] = twin_json(result != nullptr ? result->value : Value{}, field);
  }
  return values;
}

}  // namespace

Json record_json(const Record& record, const forms::Form* form) {
  Json fields = Json::object();
  for (const FieldResult& field : record.fields) fields[mended(field.field)] = field_json(field);
  Json pages = Json::array();
  for (const RecordPage& page : record.pages) pages.push_back(page_json(page));

  Json json = Json::object();
  json["document"] = mended(record.document);
  json["batch"] = mended(record.batch);
  json["revision"] = record.revision;
  json["form"] = form_json(record, form);
  json["status"] = name_of(record.status);
  json["channel"] = "post";
  json["dateOfReceipt"] = mended(record.date_of_receipt);
  if (!record.batch_class.empty()) json["class"] = mended(record.batch_class);
  if (!record.case_number.empty()) json["caseNumber"] = mended(record.case_number);
  json["values"] = values_json(record, form);
  json["fields"] = std::move(fields);
  json["findings"] = findings_json(record.findings);
  json["pages"] = std::move(pages);
  json["provenance"] = {{"software", mended(record.provenance.software)},
                        {"ocrEngine", mended(record.provenance.ocr_engine)},
                        {"handprintModel", mended(record.provenance.handprint_model)},
                        {"formSha256", mended(record.provenance.form_sha256)}};
  if (!record.full_text.empty()) json["fullText"] = mended(record.full_text);
  return json;
}

}  // namespace postkamer::publish
