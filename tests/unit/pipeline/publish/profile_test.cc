// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/publish/profile.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "pipeline/publish/event.h"
#include "pipeline/publish/schema.h"
#include "pipeline/publish/scrub.h"
#include "tests/unit/pipeline/publish/complaints.h"
#include "tests/unit/pipeline/publish/sample_records.h"

namespace postkamer::publish {
namespace {

using Json = nlohmann::ordered_json;
using test::every_type_form;
using test::filled_record;
using test::unknown_record;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kBsn = "999990342";

Profile profile_of(BsnMode mode, std::optional<std::vector<std::string>> fields = {}) {
  return {std::move(fields), mode, Bytes(32, 7)};
}

// The number wherever it may turn up: its field, its reading, its alternatives, another text field,
// the name of the file, a reason, what a rule said.
Record leaky_record() {
  Record record = filled_record();
  for (FieldResult& field : record.fields) {
    if (field.field == "bsn") {
      field.raw = "99999 0342";
      field.findings[0].evidence = std::string("gelezen ") + kBsn;
    }
    if (field.field == "text") field.value = std::string("mijn bsn is 999990342, tot ziens");
    if (field.field == "text") field.raw = "mijn bsn is 9999 90 342, tot ziens";
    if (field.field == "number") field.value = std::string(kBsn);
  }
  record.pages[0].file = "aanvraag 9999.90.342.pdf";
  record.findings.push_back({"review_rejected", "", 0, Severity::notice, "anna: bsn 999990342"});
  return record;
}

std::string leaky_event(const forms::Form* form) {
  EventContext context;
  context.source = "urn:test";
  context.change = {1, "anna", "bsn 999-990-342 stond er dubbel", {{"bsn", true, true}}};
  return event_json(EventType::form_corrected, leaky_record(), form, context).dump();
}

// Digits alone: separators do not hide a number from a person.
std::string digits_of(const std::string& text) {
  std::string digits;
  for (const char c : text)
    if (c != ' ' && c != '.' && c != '-') digits += c;
  return digits;
}

Json shaped_json(const std::string& event, const forms::Form* form, const Profile& profile) {
  const auto text = shaped(event, form, profile);
  EXPECT_TRUE(text);
  return text ? Json::parse(*text) : Json();
}

class HiddenBsn : public testing::TestWithParam<BsnMode> {};

TEST_P(HiddenBsn, is_nowhere_in_the_event) {
  const forms::Form form = every_type_form();
  for (const forms::Form* known : {&form, static_cast<const forms::Form*>(nullptr)}) {
    const std::string event = leaky_event(&form);
    ASSERT_THAT(digits_of(event), HasSubstr(kBsn));
    const auto text = shaped(event, known, profile_of(GetParam()));
    ASSERT_TRUE(text);
    EXPECT_THAT(digits_of(*text), Not(HasSubstr(kBsn))) << (known != nullptr);
    EXPECT_THAT(*text, Not(HasSubstr("999990842"))) << "an alternative is as good as the number";
    if (known != nullptr) {
      EXPECT_THAT(*text, HasSubstr("tot ziens")) << "the rest of a text stays";
    }
  }
}

TEST_P(HiddenBsn, leaves_a_record_that_fits_its_schema) {
  const forms::Form form = every_type_form();
  const Profile profile = profile_of(GetParam());
  const Json event = shaped_json(leaky_event(&form), &form, profile);
  EXPECT_EQ(test::complaints(data_schema(form, profile), event["data"]), "");
  EXPECT_EQ(event["data"]["profile"]["bsn"], name_of(GetParam()));
  EXPECT_EQ(event["data"]["values"]["rsin"], "001509962") << "a number of an organisation";
  EXPECT_EQ(event["data"]["values"]["iban"], "NL91ABNA0417164300");
}

TEST_P(HiddenBsn, is_hidden_in_letters_too) {
  Record letter = unknown_record();
  letter.full_text = "Geachte heer, mijn nummer is 999990342. Met groet";
  FieldResult number;
  number.field = "bsn";
  number.value = std::string(kBsn);
  number.raw = kBsn;
  letter.fields.push_back(number);
  const std::string event = event_json(EventType::item_received, letter, nullptr, {}).dump();
  const auto text = shaped(event, nullptr, profile_of(GetParam()));
  ASSERT_TRUE(text);
  EXPECT_THAT(*text, Not(HasSubstr(kBsn)));
  EXPECT_THAT(*text, HasSubstr("Met groet"));
}

INSTANTIATE_TEST_SUITE_P(Profile, HiddenBsn,
                         testing::Values(BsnMode::masked, BsnMode::pseudonym, BsnMode::omitted),
                         [](const auto& mode) { return std::string(name_of(mode.param)); });

TEST(Profile, masks_pseudonymises_or_leaves_out_the_number) {
  const forms::Form form = every_type_form();
  const std::string event = leaky_event(&form);
  const Json masked = shaped_json(event, &form, profile_of(BsnMode::masked));
  EXPECT_EQ(masked["data"]["values"]["bsn"], "******342");
  EXPECT_EQ(masked["data"]["fields"]["bsn"]["value"], "******342");
  EXPECT_FALSE(masked["data"]["fields"]["bsn"].contains("raw"));

  const Json once = shaped_json(event, &form, profile_of(BsnMode::pseudonym));
  const Json again = shaped_json(event, &form, profile_of(BsnMode::pseudonym));
  Profile other = profile_of(BsnMode::pseudonym);
  other.key = Bytes(32, 8);
  EXPECT_EQ(once["data"]["values"]["bsn"], hmac_sha256_hex(Bytes(32, 7), bytes_of(kBsn)));
  EXPECT_EQ(again["data"]["values"]["bsn"], once["data"]["values"]["bsn"]);
  EXPECT_NE(shaped_json(event, &form, other)["data"]["values"]["bsn"],
            once["data"]["values"]["bsn"]);

  const Json omitted = shaped_json(event, &form, profile_of(BsnMode::omitted));
  EXPECT_FALSE(omitted["data"]["values"].contains("bsn"));
  EXPECT_FALSE(omitted["data"]["fields"].contains("bsn"));
  EXPECT_TRUE(omitted["data"]["change"]["fields"].empty());
}

TEST(Profile, tells_the_fields_it_names_and_nothing_of_others) {
  const forms::Form form = every_type_form();
  const Profile profile = profile_of(BsnMode::full, {{"iban", "date"}});
  const Json event = shaped_json(leaky_event(&form), &form, profile);
  EXPECT_EQ(event["data"]["values"].size(), 2u);
  EXPECT_EQ(event["data"]["fields"].size(), 2u);
  EXPECT_EQ(test::complaints(data_schema(form, profile), event["data"]), "");
  const std::string text = event.dump();
  for (const char* other :
       {kBsn, "Kerkstraat", "JANSEN", "fullText", "anna: ", "aanvraag ", "dubbel"})
    EXPECT_THAT(text, Not(HasSubstr(other)));
}

TEST(Profile, that_takes_nothing_away_leaves_every_byte) {
  const std::string event = leaky_event(nullptr);
  EXPECT_EQ(shaped(event, nullptr, Profile{}).value(), event);
  EXPECT_EQ(shaped("{", nullptr, profile_of(BsnMode::masked)).error().reason, "event_json");
  EXPECT_EQ(shaped("[]", nullptr, profile_of(BsnMode::masked)).error().reason, "event_json");
}

TEST(Scrubbed, hides_numbers_however_they_are_grouped_and_nothing_else) {
  EXPECT_EQ(scrubbed("bsn 999990342."), "bsn *********.");
  EXPECT_EQ(scrubbed("9999.90.342"), "****.**.***");
  EXPECT_EQ(scrubbed("12 999990342 34"), "12 ********* 34");
  EXPECT_EQ(scrubbed("NL999990342B01"), "NL*********B01");
  EXPECT_EQ(scrubbed("999990343"), "999990343") << "fails the eleven-test";
  EXPECT_EQ(scrubbed("1999990342"), "1999990342") << "ten digits are another number";
  EXPECT_EQ(scrubbed("06-12345678, 2026-11-23"), "06-12345678, 2026-11-23");
}

}  // namespace
}  // namespace postkamer::publish
