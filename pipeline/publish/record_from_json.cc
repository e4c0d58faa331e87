// SPDX-License-Identifier: EUPL-1.2
#include <fmt/format.h>

#include <array>
#include <nlohmann/json.hpp>

#include "pipeline/publish/event.h"

namespace postkamer::publish {

using Json = nlohmann::ordered_json;

namespace {

// Thrown and caught in this file only: nlohmann throws for a wrong type anyway, and both must end
// in the same Error. Never holds a value, only the name of a key.
struct NotARecord {
  std::string what;
};

template <class T>
T get(const Json& json, const char* key, T otherwise = T{}) {
  const auto found = json.find(key);
  return found == json.end() || found->is_null() ? otherwise : found->template get<T>();
}

const Json& list_at(const Json& json, const char* key) {
  static const Json kNone = Json::array();
  const auto found = json.find(key);
  if (found == json.end()) return kNone;
  if (!found->is_array()) throw NotARecord{fmt::format("\"{}\" is not a list", key)};
  return *found;
}

const Json& object_at(const Json& json, const char* key) {
  static const Json kNone = Json::object();
  const auto found = json.find(key);
  if (found == json.end() || found->is_null()) return kNone;
  if (!found->is_object()) throw NotARecord{fmt::format("\"{}\" is not an object", key)};
  return *found;
}

// The enumerator whose name_of is the text under `key`.
template <class Enum, std::size_t N>
Enum named(const Json& json, const char* key, const std::array<Enum, N>& all) {
  const auto name = get<std::string>(json, key);
  for (const Enum one : all) {
    if (name_of(one) == name) return one;
  }
  throw NotARecord{fmt::format("\"{}\" has no known name", key)};
}

constexpr std::array kMethods{Method::none,    Method::printed_text, Method::handprint,
                              Method::mark,    Method::signature,    Method::barcode,
                              Method::keyword, Method::person};
constexpr std::array kStatuses{RecordStatus::ready, RecordStatus::review, RecordStatus::rejected,
                               RecordStatus::withdrawn};

Findings findings_of(const Json& json) {
  Findings findings;
  for (const Json& item : list_at(json, "findings")) {
    findings.push_back(
        {get<std::string>(item, "code"), get<std::string>(item, "field"), get<int>(item, "page"),
         get<std::string>(item, "severity") == "notice" ? Severity::notice : Severity::doubt,
         get<std::string>(item, "evidence")});
  }
  return findings;
}

Value value_of(const Json& json) {
  const auto found = json.find("value");
  if (found == json.end() || found->is_null()) return {};
  if (found->is_boolean()) return found->get<bool>();
  if (found->is_array()) return found->get<std::vector<std::string>>();
  return found->get<std::string>();
}

Rect box_of(const Json& json) {
  const Json& box = list_at(json, "box");
  if (box.empty()) return {};
  if (box.size() != 4) throw NotARecord{"\"box\" has not four numbers"};
  return {box[0].get<double>(), box[1].get<double>(), box[2].get<double>(), box[3].get<double>()};
}

FieldResult field_of(const std::string& name, const Json& json) {
  FieldResult field;
  field.field = name;
  field.page = get<int>(json, "page", 1);
  field.value = value_of(json);
  field.raw = get<std::string>(json, "raw");
  for (const Json& item : list_at(json, "alternatives")) {
    field.alternatives.push_back(
        {get<std::string>(item, "value"), get<double>(item, "probability")});
  }
  field.probability = get<double>(json, "probability");
  field.method = named(json, "method", kMethods);
  field.box = box_of(json);
  field.accepted = get<bool>(json, "accepted");
  field.verified_by = get<std::string>(json, "verifiedBy");
  field.findings = findings_of(json);
  return field;
}

RecordPage page_of(const Json& json) {
  RecordPage page;
  page.scan = get<std::string>(json, "scan");
  page.file = get<std::string>(json, "file");
  page.index = get<int>(json, "index");
  page.picture_sha256 = get<std::string>(json, "pictureSha256");
  page.form_page = get<int>(json, "formPage");
  page.dpi = {get<double>(json, "dpi")};
  page.skew = {get<double>(json, "skewDegrees")};
  const int turn = get<int>(json, "turnDegrees");
  if (turn < 0 || turn >= 360 || turn % 90 != 0) throw NotARecord{"\"turnDegrees\" is no turn"};
  page.turn = static_cast<QuarterTurn>(turn / 90);
  page.mm_to_px = get<std::vector<double>>(json, "mmToPx");
  const Json& quality = object_at(json, "quality");
  page.quality = {get<double>(quality, "effectiveDpi"), get<double>(quality, "focus"),
                  get<double>(quality, "contrast"), get<double>(quality, "clippedShare"),
                  get<int>(quality, "missingCorners")};
  return page;
}

Record record_of(const Json& json) {
  if (!json.is_object()) throw NotARecord{"it is not an object"};
  Record record;
  record.document = get<std::string>(json, "document");
  if (record.document.empty()) throw NotARecord{"\"document\" is missing"};
  record.batch = get<std::string>(json, "batch");
  record.revision = get<int>(json, "revision", 1);
  const Json& form = object_at(json, "form");
  record.form = get<std::string>(form, "id");
  record.form_version = get<std::string>(form, "version");
  record.form_probability = get<double>(form, "probability");
  record.status = named(json, "status", kStatuses);
  record.date_of_receipt = get<std::string>(json, "dateOfReceipt");
  record.batch_class = get<std::string>(json, "class");
  record.case_number = get<std::string>(json, "caseNumber");
  for (const auto& [name, field] : object_at(json, "fields").items()) {
    record.fields.push_back(field_of(name, field));
  }
  record.findings = findings_of(json);
  for (const Json& page : list_at(json, "pages")) record.pages.push_back(page_of(page));
  const Json& provenance = object_at(json, "provenance");
  record.provenance = {
      get<std::string>(provenance, "software"), get<std::string>(provenance, "ocrEngine"),
      get<std::string>(provenance, "handprintModel"), get<std::string>(provenance, "formSha256")};
  record.full_text = get<std::string>(json, "fullText");
  return record;
}

}  // namespace

Result<Record> record_from_json(const Json& json) {
  const auto refused = [](const std::string& found) {
    return fail(
        ErrorCode::corrupt_store, "record_json",
        fmt::format("reading a stored record: {}; compare the journal with its copy", found));
  };
  try {
    return record_of(json);
  } catch (const NotARecord& error) {
    return refused(error.what);
  } catch (const nlohmann::json::exception& error) {
    return refused(fmt::format("a value has the wrong type (JSON error {})", error.id));
  }
}

}  // namespace postkamer::publish
