// SPDX-License-Identifier: EUPL-1.2
#include <array>
#include <nlohmann/json.hpp>

#include "pipeline/publish/event.h"
#include "pipeline/publish/schema.h"

namespace postkamer::publish {

using Json = nlohmann::ordered_json;

namespace {

struct Kind {
  EventType type;
  const char* title;
  const char* summary;
  bool has_form;  // its data is a form's record
};

constexpr std::array kKinds{
    Kind{EventType::item_received, "Item received", "A letter, or paper that no form explains.",
         false},
    Kind{EventType::form_read, "Form read", "The first record of a form.", true},
    Kind{EventType::form_corrected, "Form corrected",
         "The whole record again, with the next revision; data.change says what changed.", true},
    Kind{EventType::form_withdrawn, "Record withdrawn",
         "What was told before does not hold any more; data.change says why.", false},
    Kind{EventType::item_rejected, "Item rejected", "A person or a rule refused it.", false},
};

Json reference(const std::string& kind, const std::string& name) {
  return {{"$ref", "#/components/" + kind + "/" + name}};
}

std::string schema_name(const forms::Form& form) { return form.id + "-" + form.version; }

// Data of which only the frame is fixed.
Json plain_data() {
  return {{"type", "object"},
          {"properties",
           {{"document", {{"type", "string"}}},
            {"batch", {{"type", "string"}}},
            {"revision", {{"type", "integer"}, {"minimum", 1}}},
            {"status", {{"enum", Json::array({"ready", "review", "rejected", "withdrawn"})}}},
            {"dateOfReceipt", {{"type", "string"}}}}},
          {"required", Json::array({"document", "revision", "status"})}};
}

Json text() { return {{"type", "string"}}; }

// CloudEvents 1.0 with the attributes of the NL GOV profile.
Json event_schema(const Kind& kind, const std::vector<const forms::Form*>& forms) {
  Json data = Json::array();
  if (kind.has_form)
    for (const forms::Form* form : forms) data.push_back(reference("schemas", schema_name(*form)));
  if (data.empty()) data.push_back(reference("schemas", "data"));
  return {{"type", "object"},
          {"properties",
           {{"specversion", {{"const", "1.0"}}},
            {"id", text()},
            {"source", text()},
            {"type", {{"const", type_name(kind.type)}}},
            {"subject", text()},
            {"dataschema", text()},
            {"time", {{"type", "string"}, {"format", "date-time"}}},
            {"sequence", {{"type", "string"}, {"pattern", "^[0-9]{10}$"}}},
            {"sequencetype", {{"const", "Integer"}}},
            {"datacontenttype", {{"const", "application/json"}}},
            {"dataref", text()},
            {"data", {{"anyOf", data}}}}},
          {"required", Json::array({"specversion", "id", "source", "type", "subject", "time",
                                    "sequence", "data"})}};
}

}  // namespace

Json asyncapi(const std::vector<const forms::Form*>& forms, const std::string& version) {
  Json messages = Json::object();
  Json schemas = {{"data", plain_data()}};
  Json channel = Json::object();
  Json sent = Json::array();
  for (const forms::Form* form : forms) {
    Json schema = data_schema(*form);
    schema.erase("$schema");
    schemas[schema_name(*form)] = std::move(schema);
  }
  for (const Kind& kind : kKinds) {
    const std::string name(type_name(kind.type));
    schemas[name] = event_schema(kind, forms);
    messages[name] = {{"name", name},
                      {"title", kind.title},
                      {"summary", kind.summary},
                      {"contentType", "application/cloudevents+json"},
                      {"payload", reference("schemas", name)}};
    channel[name] = reference("messages", name);
    sent.push_back({{"$ref", "#/channels/events/messages/" + name}});
  }
  return {
      {"asyncapi", "3.0.0"},
      {"info",
       {{"title", "Postkamer: the stream of records"},
        {"version", version},
        {"description",
         "Records of paper post, in order and without gaps, replayable and correctable. Each event "
         "is the blob of an EVENT message; asking, credit and positions are those of "
         "workers/wire/PROTOCOL.md, section 5."}}},
      {"defaultContentType", "application/cloudevents+json"},
      {"servers",
       {{"mailroom",
         {{"host", "localhost"},
          {"pathname", "/run/events.sock"},
          {"protocol", "zmq"},
          {"description",
           "A Unix socket under the mailroom's data folder: ipc://DIR/run/events.sock"}}}}},
      {"channels", {{"events", {{"address", "events"}, {"messages", channel}}}}},
      {"operations",
       {{"sendEvents",
         {{"action", "send"}, {"channel", {{"$ref", "#/channels/events"}}}, {"messages", sent}}}}},
      {"components", {{"messages", messages}, {"schemas", schemas}}}};
}

}  // namespace postkamer::publish
