// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/publish/event.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "pipeline/publish/values.h"

namespace postkamer::publish {

using Json = nlohmann::ordered_json;

namespace {

// Room for sequence, time and dataref, which may come after the size was measured.
constexpr std::size_t kStampBytes = 512;

// Left out in this order until the event fits; the values go last, for they are what it is about.
constexpr std::array kLeaveOut{"fullText", "alternatives", "pages", "fields", "findings", "values"};

std::string_view type_word(EventType type) {
  switch (type) {
    case EventType::item_received: return "poststuk-ontvangen";
    case EventType::form_read: return "formulier-gelezen";
    case EventType::form_corrected: return "formulier-gecorrigeerd";
    case EventType::form_withdrawn: return "formulier-ingetrokken";
    case EventType::item_rejected: return "poststuk-afgewezen";
  }
  return "poststuk-ontvangen";
}

void keep_to(EventType type, Json& data) {
  switch (type) {
    case EventType::item_received:  // a letter: what was found in it is all that there is
    case EventType::form_read:
    case EventType::form_corrected: return;
    case EventType::form_withdrawn:
      for (const char* key : {"findings", "pages", "provenance"}) data.erase(key);
      [[fallthrough]];
    case EventType::item_rejected:
      for (const char* key : {"values", "fields", "fullText"}) data.erase(key);
      return;
  }
}

// False when there is no such part to leave out.
bool leave_out(Json& data, std::string_view part) {
  if (part != "alternatives") return data.erase(std::string(part)) != 0;
  const auto fields = data.find("fields");
  if (fields == data.end() || fields->empty()) return false;
  for (Json& field : *fields) field.erase("alternatives");
  return true;
}

// The names of what was left out to bring `data` under `bytes`.
Json cut(Json& data, std::size_t bytes) {
  Json omitted = Json::array();
  for (const char* part : kLeaveOut) {
    if (data.dump().size() <= bytes) break;
    if (leave_out(data, part)) omitted.push_back(part);
  }
  return omitted;
}

Json change_json(const Change& change) {
  Json fields = Json::array();
  const auto word = [](bool is_filled) { return is_filled ? "filled" : "empty"; };
  for (const FieldChange& field : change.fields)
    fields.push_back({{"field", mended(field.field)},
                      {"was", word(field.was_filled)},
                      {"is", word(field.is_filled)}});
  Json json{{"revisionBefore", change.revision_before},
            {"by", mended(change.person)},
            {"why", mended(change.why)},
            {"fields", std::move(fields)}};
  if (!change.received_before.empty()) json["dateOfReceiptBefore"] = mended(change.received_before);
  return json;
}

const FieldResult* field_named(const Record& record, std::string_view name) {
  const auto found = std::ranges::find(record.fields, name, &FieldResult::field);
  return found == record.fields.end() ? nullptr : &*found;
}

bool is_filled(const FieldResult* field) {
  return field != nullptr && !std::holds_alternative<std::monostate>(field->value);
}

std::string join_uri(std::string base, std::string_view rest) {
  if (!base.empty() && base.back() != '/') base += '/';
  return base.append(rest);
}

// CloudEvents wants the order of texts to be the order of events: hence the zeros.
std::string sequence_text(std::uint64_t sequence) { return fmt::format("{:010}", sequence); }

}  // namespace

std::string_view type_name(EventType type) {
  switch (type) {
    case EventType::item_received: return "nl.poststukken.poststuk-ontvangen.v1";
    case EventType::form_read: return "nl.poststukken.formulier-gelezen.v1";
    case EventType::form_corrected: return "nl.poststukken.formulier-gecorrigeerd.v1";
    case EventType::form_withdrawn: return "nl.poststukken.formulier-ingetrokken.v1";
    case EventType::item_rejected: return "nl.poststukken.poststuk-afgewezen.v1";
  }
  return "nl.poststukken.poststuk-ontvangen.v1";
}

std::vector<FieldChange> changes_between(const Record& before, const Record& after) {
  std::vector<FieldChange> changes;
  for (const FieldResult& now : after.fields) {
    const FieldResult* then = field_named(before, now.field);
    if ((then != nullptr ? then->value : Value{}) != now.value)
      changes.push_back({now.field, is_filled(then), is_filled(&now)});
  }
  for (const FieldResult& then : before.fields)
    if (field_named(after, then.field) == nullptr && is_filled(&then))
      changes.push_back({then.field, true, false});
  return changes;
}

Json event_json(EventType type, const Record& record, const forms::Form* form,
                const EventContext& context) {
  Json data = record_json(record, form);
  keep_to(type, data);
  if (context.change) data["change"] = change_json(*context.change);

  Json event = Json::object();
  event["specversion"] = "1.0";
  event["id"] = fmt::format("{}.{}.r{}", mended(record.document), type_word(type), record.revision);
  event["source"] = context.source;
  event["type"] = type_name(type);
  event["subject"] = mended(record.document);
  if (!context.schema_base.empty() && form != nullptr) {
    event["dataschema"] =
        join_uri(context.schema_base, fmt::format("{}/{}", form->id, form->version));
  }
  event["datacontenttype"] = "application/json";
  const Json omitted = cut(data, kEventBytes - kStampBytes - event.dump().size());
  if (!omitted.empty()) {
    data["omitted"] = omitted;
    event["dataref"] =
        join_uri(context.data_base, fmt::format("{}/record.json", mended(record.document)));
  }
  event["data"] = std::move(data);
  if (context.sequence != 0) stamp(event, context.sequence, context.time);
  return event;
}

void stamp(Json& event, std::uint64_t sequence, const std::string& time) {
  Json stamped = Json::object();
  for (auto& [key, value] : event.items()) {
    if (key == "sequence" || key == "sequencetype" || key == "time") continue;
    if (key == "datacontenttype") {
      if (!time.empty()) stamped["time"] = time;
      stamped["sequence"] = sequence_text(sequence);
      stamped["sequencetype"] = "Integer";
    }
    stamped[key] = std::move(value);
  }
  event = std::move(stamped);
}

}  // namespace postkamer::publish
