// SPDX-License-Identifier: EUPL-1.2
#include "workers/broker/record_desk.h"

#include <gtest/gtest.h>

#include "pipeline/publish/event.h"

namespace postkamer::broker {
namespace {

using nlohmann::json;

const RecordDesk desk([](std::string_view, std::string_view) { return nullptr; }, {"urn:test", ""});

// Of a letter with one field.
std::string record_text(RecordStatus status, const std::string& value) {
  Record record;
  record.document = "PK-1";
  record.date_of_receipt = "2026-11-23";
  record.status = status;
  FieldResult& field = record.fields.emplace_back();
  field.field = "phone";
  field.value = value;
  return publish::record_json(record, nullptr).dump();
}

ReviewAct correction(const std::string& value) {
  return {"correct", "", "", "jan", "verlezen", {{"phone", value}}, ""};
}

TEST(RecordDesk, a_correction_has_the_next_revision_also_where_the_told_event_is_dropped) {
  const std::string record = record_text(RecordStatus::ready, "0201234567");
  const auto outcome = desk.reviewed(record, true, "", correction("0207654321"));
  ASSERT_TRUE(outcome) << outcome.error().message;
  EXPECT_EQ(outcome->revision, 2);
  const json event = json::parse(outcome->event);
  EXPECT_EQ(event.at("id"), outcome->event_key);
  EXPECT_EQ(event.at("data").at("change").at("fields").size(), 1u) << event.dump();
  const auto same = desk.reviewed(record, true, "", correction("0201234567"));
  ASSERT_TRUE(same) << same.error().message;
  EXPECT_EQ(same->revision, 1);
  EXPECT_EQ(same->event, "") << "nothing has changed";
}

TEST(RecordDesk, a_record_that_nobody_was_told_of_keeps_its_revision) {
  const ReviewAct accept{"accept", "", "", "jan", "", {}, ""};
  const std::string record = record_text(RecordStatus::review, "0201234567");
  EXPECT_EQ(desk.reviewed(record, false, "", accept)->revision, 1);
  EXPECT_EQ(desk.reviewed(record, true, "", accept)->revision, 2);
}

}  // namespace
}  // namespace postkamer::broker
