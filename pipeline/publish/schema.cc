// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/publish/schema.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "pipeline/publish/values.h"

namespace postkamer::publish {

using Json = nlohmann::ordered_json;

namespace {

Json change_schema() {
  const Json presence{{"enum", Json::array({"filled", "empty"})}};
  return {
      {"type", "object"},
      {"properties",
       {{"revisionBefore", {{"type", "integer"}, {"minimum", 1}}},
        {"by", {{"type", "string"}}},
        {"why", {{"type", "string"}}},
        {"dateOfReceiptBefore", {{"type", "string"}}},
        {"fields",
         {{"type", "array"},
          {"items",
           {{"type", "object"},
            {"properties", {{"field", {{"type", "string"}}}, {"was", presence}, {"is", presence}}},
            {"required", Json::array({"field", "was", "is"})}}}}}}},
      {"required", Json::array({"revisionBefore", "by", "fields"})}};
}

bool is_told(const forms::Field& field, const Profile& profile) {
  if (profile.bsn == BsnMode::omitted && field.type == forms::FieldType::bsn) return false;
  return !profile.fields || std::ranges::find(*profile.fields, field.name) != profile.fields->end();
}

Json value_schema(const forms::Field& field, const Profile& profile) {
  Json schema = twin_schema(field);
  // Asterisks and pseudonyms are no BSN.
  if (field.type == forms::FieldType::bsn && profile.bsn != BsnMode::full) schema.erase("format");
  return schema;
}

}  // namespace

Json data_schema(const forms::Form& form, const Profile& profile) {
  Json values = Json::object();
  Json names = Json::array();
  for (const forms::Field& field : form.fields) {
    if (!is_told(field, profile)) continue;
    values[field.name] = value_schema(field, profile);
    names.push_back(field.name);
  }
  Json form_properties = {{"id", {{"const", form.id}}}, {"version", {{"const", form.version}}}};
  Json properties = {
      {"document", {{"type", "string"}}},
      {"batch", {{"type", "string"}}},
      {"revision", {{"type", "integer"}, {"minimum", 1}}},
      {"form",
       {{"type", "object"},
        {"properties", form_properties},
        {"required", Json::array({"id", "version"})}}},
      {"status", {{"enum", Json::array({"ready", "review", "rejected", "withdrawn"})}}},
      {"channel", {{"const", "post"}}},
      {"dateOfReceipt", {{"type", "string"}}},
      {"class", {{"type", "string"}}},
      {"caseNumber", {{"type", "string"}}},
      {"values",
       {{"type", "object"},
        {"properties", values},
        {"required", names},
        {"additionalProperties", false}}},
      {"fields", {{"type", "object"}}},
      {"findings", {{"type", "array"}, {"items", {{"required", Json::array({"code", "text"})}}}}},
      {"pages", {{"type", "array"}}},
      {"provenance", {{"type", "object"}}},
      {"fullText", {{"type", "string"}}},
      {"change", change_schema()},
      {"profile", {{"type", "object"}}},
      {"omitted", {{"type", "array"}, {"items", {{"type", "string"}}}}}};
  return {{"$schema", "http://json-schema.org/draft-07/schema#"},
          {"title", form.title.nl.empty() ? form.id : form.title.nl},
          {"type", "object"},
          {"properties", properties},
          {"required", Json::array({"document", "revision", "form", "status"})}};
}

}  // namespace postkamer::publish
