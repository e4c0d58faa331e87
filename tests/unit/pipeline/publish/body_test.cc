// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/publish/body.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "pipeline/publish/event.h"
#include "tests/unit/pipeline/publish/sample_records.h"

namespace postkamer::publish {
namespace {

using Json = nlohmann::ordered_json;

std::string event_text(EventType type, const Record& record, const forms::Form* form) {
  EventContext context;
  context.source = "urn:nld:oin:00000099000000001000:systeem:postkamer";
  context.sequence = 7;
  context.time = "2026-11-23T12:00:00.000Z";
  if (type == EventType::form_withdrawn) context.change = Change{1, "anna", "proef", {}};
  return event_json(type, record, form, context).dump();
}

class Body : public testing::Test {
 protected:
  [[nodiscard]] Json made(BodyKind kind) const {
    const auto body =
        body_of(kind, event_text(EventType::form_read, test::filled_record(), &form_), &form_);
    EXPECT_TRUE(body);
    return body ? Json::parse(*body) : Json();
  }
  forms::Form form_ = test::every_type_form();
};

TEST_F(Body, of_open_formulieren_has_what_the_citizen_filled_in) {
  form_.fields.front().office = true;
  const Json body = made(BodyKind::open_formulieren);
  const Json& values = body.at("values");
  EXPECT_FALSE(values.contains(form_.fields.front().name)) << "the office's";
  for (const forms::Field& field : form_.fields) {
    const bool is_citizens = !field.office && field.type != forms::FieldType::signature;
    EXPECT_EQ(values.contains(field.name), is_citizens) << field.name;
  }
}

TEST_F(Body, of_open_formulieren_has_a_schema_that_names_every_value_and_no_other) {
  const Json body = made(BodyKind::open_formulieren);
  const Json& schema = body.at("values_schema");
  EXPECT_EQ(schema.at("$schema"), "https://json-schema.org/draft/2020-12/schema");
  EXPECT_EQ(schema.at("additionalProperties"), false);
  EXPECT_EQ(schema.at("required").size(), body.at("values").size());
  for (const auto& [name, value] : body.at("values").items())
    EXPECT_TRUE(schema.at("properties").contains(name)) << name;
}

TEST_F(Body, of_open_formulieren_has_the_six_keys_of_its_metadata) {
  const Json body = made(BodyKind::open_formulieren);
  std::vector<std::string> keys;
  for (const auto& [key, value] : body.at("metadata").items()) keys.push_back(key);
  EXPECT_THAT(keys, testing::ElementsAre("public_reference", "form_name", "form_version", "form_id",
                                         "registration_timestamp", "auth_type"));
  EXPECT_EQ(body.at("metadata").at("auth_type"), "") << "nobody was logged in";
}

TEST_F(Body, of_a_productaanvraag_names_its_source_and_the_initiator) {
  const Json body = made(BodyKind::productaanvraag);
  EXPECT_EQ(body.at("bron").at("naam"), "Postkamer");
  EXPECT_EQ(body.at("bron").at("kenmerk"), test::filled_record().document);
  EXPECT_EQ(body.at("type"), form_.id);
  EXPECT_TRUE(body.at("aanvraaggegevens").contains(form_.id));
  const Json& bsn = body.at("aanvraaggegevens").at(form_.id).at("bsn");
  EXPECT_EQ(body.at("betrokkenen").at(0).at("inpBsn"), bsn);
}

TEST_F(Body, of_a_number_that_is_no_bsn_names_nobody) {
  Json event = Json::parse(event_text(EventType::form_read, test::filled_record(), &form_));
  event["data"]["values"]["bsn"] = "123456789";
  const auto body = body_of(BodyKind::productaanvraag, event.dump(), &form_);
  ASSERT_TRUE(body);
  EXPECT_FALSE(Json::parse(*body).contains("betrokkenen"));
}

TEST_F(Body, is_not_made_of_a_letter_or_a_withdrawal) {
  const auto letter =
      body_of(BodyKind::open_formulieren,
              event_text(EventType::item_received, test::unknown_record(), nullptr), nullptr);
  ASSERT_FALSE(letter);
  EXPECT_EQ(letter.error().reason, "sink_no_body");
  const auto withdrawn =
      body_of(BodyKind::productaanvraag,
              event_text(EventType::form_withdrawn, test::filled_record(), &form_), &form_);
  ASSERT_FALSE(withdrawn);
  EXPECT_EQ(withdrawn.error().reason, "sink_no_body");
  EXPECT_FALSE(body_of(BodyKind::productaanvraag, "no event", &form_));
}

TEST_F(Body, of_the_event_itself_is_the_event_byte_for_byte) {
  EXPECT_EQ(*body_of(BodyKind::cloudevent, "anything", nullptr), "anything");
}

}  // namespace
}  // namespace postkamer::publish
