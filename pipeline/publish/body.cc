// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/publish/body.h"

#include <algorithm>
#include <array>

#include <nlohmann/json.hpp>

#include "pipeline/publish/scrub.h"
#include "pipeline/publish/values.h"

namespace postkamer::publish {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::array<std::string_view, 3> kKinds{"cloudevent", "open-formulieren",
                                                 "productaanvraag"};
constexpr const char* kSchema = "https://json-schema.org/draft/2020-12/schema";

std::string text_in(const Json& json, const char* key) {
  const auto found = json.find(key);
  return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
}

tl::unexpected<Error> no_body(const Json& event, const char* found) {
  return fail(ErrorCode::unsupported, "sink_no_body",
              "making the body of event " + text_in(event, "id") + ": " + found);
}

bool names_a_person(const std::string& bsn) {
  return bsn.size() == 9 && bsn != "000000000" && may_be_bsn(bsn);
}

bool is_citizens(const forms::Field& field) {
  return !field.office && field.type != forms::FieldType::signature;
}

// A closed object with these properties, all of them there.
Json object_schema(Json properties) {
  Json names = Json::array();
  for (const auto& [name, schema] : properties.items()) names.push_back(name);
  return {{"$schema", kSchema},
          {"type", "object"},
          {"properties", std::move(properties)},
          {"required", std::move(names)},
          {"additionalProperties", false}};
}

// The citizen's values, in the form's order, as far as the subscriber's profile lets them through.
Json values_of(const Json& data, const forms::Form& form) {
  const Json& all = data.at("values");
  Json values = Json::object();
  for (const forms::Field& field : form.fields)
    if (is_citizens(field) && all.contains(field.name)) values[field.name] = all.at(field.name);
  return values;
}

Json values_schema(const Json& values, const Json& data, const forms::Form& form) {
  Json properties = Json::object();
  for (const forms::Field& field : form.fields) {
    if (!values.contains(field.name)) continue;
    Json schema = twin_schema(field);
    // Asterisks and pseudonyms are no BSN.
    if (field.type == forms::FieldType::bsn && data.contains("profile")) schema.erase("format");
    properties[field.name] = std::move(schema);
  }
  return object_schema(std::move(properties));
}

Json open_formulieren(const Json& event, const Json& data, const forms::Form& form) {
  const Json values = values_of(data, form);
  const std::string& title = form.title.nl.empty() ? form.id : form.title.nl;
  const std::string& name = form.twin.form_name.empty() ? title : form.twin.form_name;
  const Json metadata{{"public_reference", text_in(data, "document")},
                      {"form_name", name},
                      {"form_version", form.version},
                      {"form_id", form.twin.form_id.empty() ? form.id : form.twin.form_id},
                      {"registration_timestamp", text_in(event, "time")},
                      {"auth_type", ""}};
  Json properties = Json::object();
  for (const auto& [key, value] : metadata.items()) properties[key] = {{"type", "string"}};
  return {{"values", values},
          {"values_schema", values_schema(values, data, form)},
          {"metadata", metadata},
          {"metadata_schema", object_schema(std::move(properties))}};
}

Json productaanvraag(const Json& data, const forms::Form& form) {
  const Json values = values_of(data, form);
  Json body{{"bron", {{"naam", "Postkamer"}, {"kenmerk", text_in(data, "document")}}},
            {"type", form.id},
            {"aanvraaggegevens", {{form.id, values}}},
            {"taal", "nld"}};
  // Who applies stands first. A BSN on paper is a claim: only one that can be a BSN names anybody.
  const auto first = std::ranges::find_if(form.fields, [&](const forms::Field& field) {
    return field.type == forms::FieldType::bsn && values.contains(field.name);
  });
  if (first == form.fields.end()) return body;
  if (const std::string bsn = text_in(values, first->name.c_str()); names_a_person(bsn))
    body["betrokkenen"] =
        Json::array({{{"inpBsn", bsn}, {"rolOmschrijvingGeneriek", "initiator"}}});
  return body;
}

}  // namespace

std::string_view name_of(BodyKind kind) { return kKinds[static_cast<std::size_t>(kind)]; }

std::optional<FormName> form_named_in(const std::string& event) {
  const Json json = Json::parse(event, nullptr, false);
  const Json::json_pointer form("/data/form");
  if (!json.is_object() || !json.contains(form) || !json.at(form).is_object()) return std::nullopt;
  FormName name{text_in(json.at(form), "id"), text_in(json.at(form), "version")};
  if (name.id.empty()) return std::nullopt;
  return name;
}

Result<std::string> body_of(BodyKind kind, const std::string& event, const forms::Form* form) {
  if (kind == BodyKind::cloudevent) return event;
  const Json json = Json::parse(event, nullptr, false);
  if (!json.is_object() || !json.contains("data") || !json.at("data").is_object())
    return fail(ErrorCode::corrupt_store, "event_json", "making a body: the text is no event");
  const Json& data = json.at("data");
  if (form == nullptr) return no_body(json, "it is of no form that is known");
  if (!data.contains("values") || !data.at("values").is_object())
    return no_body(json, "it has no values: withdrawn, rejected, or too large for an event");
  const Json body = kind == BodyKind::open_formulieren ? open_formulieren(json, data, *form)
                                                       : productaanvraag(data, *form);
  return body.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace postkamer::publish
