// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/publish/schema.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "pipeline/publish/event.h"
#include "tests/unit/pipeline/publish/complaints.h"
#include "tests/unit/pipeline/publish/sample_records.h"

namespace postkamer::publish {
namespace {

using Json = nlohmann::ordered_json;
using test::every_type_form;
using test::filled_record;
using test::unknown_record;

// Every "$ref" of the document.
void collect_references(const Json& json, std::vector<std::string>& found) {
  if (!json.is_structured()) return;
  for (const auto& [key, value] : json.items()) {
    if (json.is_object() && key == "$ref" && value.is_string()) found.push_back(value);
    collect_references(value, found);
  }
}

Json event_of(EventType type, const Record& record, const forms::Form* form) {
  EventContext context;
  context.source = "urn:nld:oin:00000099000000001000:systeem:postkamer";
  context.sequence = 7;
  context.time = "2026-11-23T12:00:00.000Z";
  context.change = Change{1, "anna", "proef", {{"bsn", true, true}}};
  return event_json(type, record, form, context);
}

TEST(AsyncApi, has_no_reference_that_leads_nowhere) {
  const forms::Form form = every_type_form();
  const Json document = asyncapi({&form}, "1.2.3");
  EXPECT_EQ(document["asyncapi"], "3.0.0");
  EXPECT_EQ(document["info"]["version"], "1.2.3");
  std::vector<std::string> references;
  collect_references(document, references);
  EXPECT_GT(references.size(), 15u);
  for (const std::string& reference : references)
    EXPECT_TRUE(document.contains(Json::json_pointer(reference.substr(1)))) << reference;
}

TEST(AsyncApi, describes_the_events_of_every_type) {
  const forms::Form form = every_type_form();
  const Json document = asyncapi({&form}, "1");
  for (const EventType type :
       {EventType::item_received, EventType::form_read, EventType::form_corrected,
        EventType::form_withdrawn, EventType::item_rejected}) {
    const std::string name(type_name(type));
    // The message's schema as a document of its own, with what it refers to.
    Json schema = document["components"]["schemas"][name];
    schema["components"] = document["components"];
    const bool has_form = type != EventType::item_received && type != EventType::item_rejected;
    const Json event = has_form ? event_of(type, filled_record(), &form)
                                : event_of(type, unknown_record(), nullptr);
    EXPECT_EQ(test::complaints(schema, event), "") << name;
    Json wrong = event;
    wrong["sequence"] = "7";
    EXPECT_NE(test::complaints(schema, wrong), "") << name;
    if (type != EventType::form_read && type != EventType::form_corrected) continue;
    wrong = event;
    wrong["data"]["values"]["date"] = "gisteren";
    EXPECT_NE(test::complaints(schema, wrong), "") << name;
  }
}

}  // namespace
}  // namespace postkamer::publish
