// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/publish/event.h"
#include "pipeline/publish/schema.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <regex>
#include <sstream>

#include "pipeline/model/finding_texts.h"
#include "tests/unit/pipeline/publish/complaints.h"
#include "tests/unit/pipeline/publish/sample_records.h"

namespace postkamer::publish {
namespace {

using Json = nlohmann::ordered_json;
using test::complaints;
using test::every_type_form;
using test::filled_record;
using test::unknown_record;

EventContext context() {
  EventContext made;
  made.source = "urn:nld:oin:00000099000000001000:systeem:postkamer";
  made.schema_base = "https://postkamer.example/schemas";
  made.time = "2026-03-24T08:15:02Z";
  made.sequence = 4711;
  return made;
}

// Dutch sentences may be reworded any day; here it counts that they are the table's.
void name_texts(Json& json) {
  if (json.is_object() && json.contains("code") && json.contains("text")) {
    const auto code = json["code"].get<std::string>();
    if (json["text"] == finding_text(code).dutch) json["text"] = "<text of " + code + ">";
  }
  if (json.is_structured()) {
    for (Json& inner : json) name_texts(inner);
  }
}

// Compares with the file of that name; POSTKAMER_UPDATE_GOLDEN=1 writes it instead.
void expect_golden(const std::string& name, Json json) {
  name_texts(json);
  const std::string path =
      std::string(POSTKAMER_SOURCE_DIR) + "/tests/unit/pipeline/publish/golden/" + name;
  const std::string text = json.dump(2) + "\n";
  if (std::getenv("POSTKAMER_UPDATE_GOLDEN") != nullptr) std::ofstream(path) << text;
  std::stringstream kept;
  kept << std::ifstream(path).rdbuf();
  EXPECT_EQ(kept.str(), text) << "set POSTKAMER_UPDATE_GOLDEN=1 when the change is meant";
}

TEST(Event, of_a_form_is_as_agreed) {
  const forms::Form form = every_type_form();
  expect_golden("form_read.json",
                event_json(EventType::form_read, filled_record(), &form, context()));
}

TEST(Event, of_an_unknown_document_is_as_agreed) {
  expect_golden("unknown.json",
                event_json(EventType::form_read, unknown_record(), nullptr, context()));
}

TEST(Event, of_a_rejected_item_is_as_agreed) {
  Record record = unknown_record();
  record.status = RecordStatus::rejected;
  record.findings = {{"scan_empty", "", 0, Severity::doubt, "0 bytes"}};
  expect_golden("rejected.json", event_json(EventType::item_rejected, record, nullptr, context()));
}

TEST(Event, of_a_withdrawn_form_is_as_agreed) {
  const forms::Form form = every_type_form();
  Record record = filled_record();
  record.revision = 3;
  expect_golden("withdrawn.json", event_json(EventType::form_withdrawn, record, &form, context()));
}

TEST(Event, has_an_id_that_names_document_kind_and_revision) {
  Record record = filled_record();
  record.revision = 2;
  const Json event = event_json(EventType::form_corrected, record, nullptr, context());
  EXPECT_EQ(event["id"], "PK-2026w13-0007.formulier-gecorrigeerd.r2");
  EXPECT_EQ(event["type"], type_name(EventType::form_corrected));
}

TEST(Event, of_a_correction_says_which_fields_changed_and_never_what_they_were) {
  const Record before = filled_record();
  Record after = before;
  after.revision = 2;
  after.fields[0].value = std::string("008");
  after.fields[1].value = {};
  after.fields.pop_back();
  EventContext corrected = context();
  corrected.change = {1, "medewerker-12", "verkeerd gelezen", changes_between(before, after)};
  const Json event = event_json(EventType::form_corrected, after, nullptr, corrected);
  const Json change = event["data"]["change"];
  EXPECT_EQ(change["revisionBefore"], 1);
  EXPECT_EQ(change["by"], "medewerker-12");
  EXPECT_EQ(change["why"], "verkeerd gelezen");
  const std::string last = before.fields.back().field;
  EXPECT_EQ(change["fields"], Json::parse(R"([{"field": "digits", "was": "filled", "is": "filled"},
                            {"field": "number", "was": "filled", "is": "empty"},
                            {"field": ")" +
                                          last + R"(", "was": "filled", "is": "empty"}])"));
  EXPECT_TRUE(changes_between(after, after).empty());
}

TEST(Event, has_only_attribute_names_that_cloudevents_allows) {
  const forms::Form form = every_type_form();
  const Json event = event_json(EventType::form_read, filled_record(), &form, context());
  const std::regex allowed("[a-z0-9]{1,20}");
  for (const auto& [key, value] : event.items()) {
    EXPECT_TRUE(std::regex_match(key, allowed)) << key;
    if (key != "data") {
      EXPECT_TRUE(value.is_string()) << key;
    }
  }
  for (const char* key : {"specversion", "id", "source", "type"}) EXPECT_TRUE(event.contains(key));
}

TEST(Event, has_no_field_content_in_its_attributes) {
  const forms::Form form = every_type_form();
  const Record record = filled_record();
  for (const EventType type :
       {EventType::item_received, EventType::form_read, EventType::form_corrected,
        EventType::form_withdrawn, EventType::item_rejected}) {
    Json event = event_json(type, record, &form, context());
    event.erase("data");
    const std::string attributes = event.dump();
    for (const FieldResult& field : record.fields) {
      const auto* text = std::get_if<std::string>(&field.value);
      if (text == nullptr || text->size() < 5) continue;
      EXPECT_EQ(attributes.find(*text), std::string::npos) << field.field;
    }
    EXPECT_FALSE(std::regex_search(event["subject"].get<std::string>(), std::regex("[0-9]{9}")));
  }
}

TEST(Event, keeps_values_out_of_events_that_promise_none) {
  const forms::Form form = every_type_form();
  for (const EventType type : {EventType::form_withdrawn, EventType::item_rejected}) {
    const std::string event = event_json(type, filled_record(), &form, context()).dump();
    EXPECT_EQ(event.find("999990342"), std::string::npos) << type_name(type);
  }
}

TEST(Event, numbers_sort_as_text) {
  Json early = event_json(EventType::form_read, filled_record(), nullptr, context());
  Json late = early;
  stamp(early, 99, "2026-03-24T08:15:02Z");
  stamp(late, 100, "2026-03-24T08:15:02Z");
  EXPECT_LT(early["sequence"].get<std::string>(), late["sequence"].get<std::string>());
  EXPECT_EQ(late["sequencetype"], "Integer");
}

TEST(Event, is_the_same_stamped_later_as_at_once) {
  EventContext unstamped = context();
  unstamped.sequence = 0;
  unstamped.time.clear();
  const forms::Form form = every_type_form();
  Json event = event_json(EventType::form_read, filled_record(), &form, unstamped);
  EXPECT_FALSE(event.contains("sequence"));
  EXPECT_FALSE(event.contains("time"));
  stamp(event, context().sequence, context().time);
  EXPECT_EQ(event.dump(),
            event_json(EventType::form_read, filled_record(), &form, context()).dump());
  stamp(event, context().sequence, context().time);
  EXPECT_EQ(event.dump(),
            event_json(EventType::form_read, filled_record(), &form, context()).dump());
}

TEST(Event, carries_all_there_is_when_that_is_little) {
  const Json event = event_json(EventType::form_read, unknown_record(), nullptr, context());
  EXPECT_TRUE(event["data"].contains("fullText"));
  EXPECT_FALSE(event.contains("dataref"));
  EXPECT_FALSE(event["data"].contains("omitted"));
}

TEST(Event, leaves_the_full_text_behind_when_it_is_too_long) {
  Record record = unknown_record();
  record.full_text = std::string(80'000, 'x');
  const Json event = event_json(EventType::form_read, record, nullptr, context());
  EXPECT_LT(event.dump().size(), kEventBytes);
  EXPECT_FALSE(event["data"].contains("fullText"));
  EXPECT_EQ(event["data"]["omitted"], Json::array({"fullText"}));
  EXPECT_EQ(event["dataref"], "documents/PK-2026w13-0008/record.json");
  EXPECT_EQ(event["data"]["values"]["iban"], "NL91ABNA0417164300");
}

TEST(Event, fits_however_much_a_record_holds) {
  for (const std::size_t fields : {400U, 1200U, 4000U}) {
    Record record = unknown_record();
    for (std::size_t i = 0; i < fields; ++i) {
      FieldResult field = record.fields[0];
      field.field = "veld" + std::to_string(i);
      field.alternatives = {{"een", 0.5}, {"twee", 0.25}};
      record.fields.push_back(field);
    }
    Json event = event_json(EventType::form_read, record, nullptr, context());
    stamp(event, 4'000'000'000, "2026-03-24T08:15:02.123456Z");
    EXPECT_LT(event.dump().size(), kEventBytes) << fields;
    EXPECT_EQ(event["data"]["document"], record.document);
    EXPECT_TRUE(event.contains("dataref")) << fields;
  }
}

TEST(DataSchema, is_as_agreed) { expect_golden("schema.json", data_schema(every_type_form())); }

TEST(DataSchema, is_fulfilled_by_a_filled_and_by_an_empty_form) {
  const forms::Form form = every_type_form();
  const Json schema = data_schema(form);
  Record record = filled_record();
  EXPECT_EQ(complaints(schema, record_json(record, &form)), "");
  record.fields.clear();
  EXPECT_EQ(complaints(schema, record_json(record, &form)), "");
}

TEST(DataSchema, is_fulfilled_by_values_of_the_wrong_kind_too) {
  const forms::Form form = every_type_form();
  const Json schema = data_schema(form);
  for (const Value& value :
       {Value{true}, Value{"iets anders"}, Value{std::vector<std::string>{"x"}}}) {
    Record record = filled_record();
    for (FieldResult& field : record.fields) field.value = value;
    EXPECT_EQ(complaints(schema, record_json(record, &form)), "");
  }
}

TEST(DataSchema, is_fulfilled_by_the_data_of_every_event) {
  const forms::Form form = every_type_form();
  const Json schema = data_schema(form);
  for (const EventType type :
       {EventType::item_received, EventType::form_read, EventType::form_corrected,
        EventType::form_withdrawn, EventType::item_rejected}) {
    const Json event = event_json(type, filled_record(), &form, context());
    EXPECT_EQ(complaints(schema, event["data"]), "") << type_name(type);
  }
}

TEST(DataSchema, refuses_a_value_of_another_shape) {
  const forms::Form form = every_type_form();
  const Json schema = data_schema(form);
  const Json good = record_json(filled_record(), &form);
  const auto with = [&](const char* key, const Json& value) {
    Json bad = good;
    bad["values"][key] = value;
    return complaints(schema, bad);
  };
  EXPECT_NE(with("amount", "1234.50"), "");
  EXPECT_NE(with("checkbox", "ja"), "");
  EXPECT_NE(with("choice", "koper"), "");
  EXPECT_NE(with("choices", Json{{"auto", true}}), "");
  EXPECT_NE(with("date", "21-03-2026"), "");
  EXPECT_NE(with("onbekend", "x"), "");
}

}  // namespace
}  // namespace postkamer::publish
