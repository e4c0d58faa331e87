// SPDX-License-Identifier: EUPL-1.2
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "pipeline/publish/event.h"
#include "tests/unit/pipeline/publish/sample_records.h"

namespace postkamer::publish {
namespace {

using Json = nlohmann::ordered_json;
using test::every_type_form;
using test::filled_record;
using test::random_record;
using test::unknown_record;

bool same(const Alternative& a, const Alternative& b) {
  return a.text == b.text && a.probability == b.probability;
}

void expect_same(const FieldResult& a, const FieldResult& b) {
  EXPECT_EQ(a.field, b.field);
  EXPECT_EQ(a.page, b.page);
  EXPECT_EQ(a.value, b.value);
  EXPECT_EQ(a.raw, b.raw);
  EXPECT_TRUE(std::ranges::equal(a.alternatives, b.alternatives, same));
  EXPECT_EQ(a.probability, b.probability);
  EXPECT_EQ(a.method, b.method);
  EXPECT_EQ(a.box, b.box);
  EXPECT_EQ(a.accepted, b.accepted);
  EXPECT_EQ(a.verified_by, b.verified_by);
  EXPECT_EQ(a.findings, b.findings);
}

void expect_same(const RecordPage& a, const RecordPage& b) {
  EXPECT_EQ(a.scan, b.scan);
  EXPECT_EQ(a.file, b.file);
  EXPECT_EQ(a.index, b.index);
  EXPECT_EQ(a.picture_sha256, b.picture_sha256);
  EXPECT_EQ(a.form_page, b.form_page);
  EXPECT_EQ(a.dpi, b.dpi);
  EXPECT_EQ(a.skew, b.skew);
  EXPECT_EQ(a.turn, b.turn);
  EXPECT_EQ(a.mm_to_px, b.mm_to_px);
  EXPECT_EQ(a.quality.effective_dpi, b.quality.effective_dpi);
  EXPECT_EQ(a.quality.focus, b.quality.focus);
  EXPECT_EQ(a.quality.contrast, b.quality.contrast);
  EXPECT_EQ(a.quality.clipped_share, b.quality.clipped_share);
  EXPECT_EQ(a.quality.missing_corners, b.quality.missing_corners);
}

void expect_same(const Record& a, const Record& b) {
  EXPECT_EQ(a.document, b.document);
  EXPECT_EQ(a.batch, b.batch);
  EXPECT_EQ(a.form, b.form);
  EXPECT_EQ(a.form_version, b.form_version);
  EXPECT_EQ(a.form_probability, b.form_probability);
  EXPECT_EQ(a.date_of_receipt, b.date_of_receipt);
  EXPECT_EQ(a.revision, b.revision);
  EXPECT_EQ(a.status, b.status);
  EXPECT_EQ(a.full_text, b.full_text);
  EXPECT_EQ(a.findings, b.findings);
  ASSERT_EQ(a.fields.size(), b.fields.size());
  for (std::size_t i = 0; i < a.fields.size(); ++i) expect_same(a.fields[i], b.fields[i]);
  ASSERT_EQ(a.pages.size(), b.pages.size());
  for (std::size_t i = 0; i < a.pages.size(); ++i) expect_same(a.pages[i], b.pages[i]);
  EXPECT_EQ(a.provenance.software, b.provenance.software);
  EXPECT_EQ(a.provenance.ocr_engine, b.provenance.ocr_engine);
  EXPECT_EQ(a.provenance.handprint_model, b.provenance.handprint_model);
  EXPECT_EQ(a.provenance.form_sha256, b.provenance.form_sha256);
}

// As the journal does it: written as text and read again.
Result<Record> through_text(const Record& record, const forms::Form* form) {
  return record_from_json(Json::parse(record_json(record, form).dump()));
}

TEST(RecordJson, comes_back_whole_from_text) {
  const forms::Form form = every_type_form();
  const auto back = through_text(filled_record(), &form);
  ASSERT_TRUE(back) << back.error().message;
  expect_same(filled_record(), *back);
}

TEST(RecordJson, comes_back_whole_from_text_whatever_is_in_it) {
  for (unsigned seed = 1; seed <= 300; ++seed) {
    const Record record = random_record(seed);
    const auto back = through_text(record, nullptr);
    ASSERT_TRUE(back) << back.error().message << " seed " << seed;
    expect_same(record, *back);
    ASSERT_FALSE(testing::Test::HasFailure()) << "seed " << seed;
  }
}

TEST(RecordJson, keeps_the_order_of_the_fields) {
  const auto back = through_text(unknown_record(), nullptr);
  ASSERT_TRUE(back);
  ASSERT_EQ(back->fields.size(), 3U);
  EXPECT_EQ(back->fields[0].field, "iban");
  EXPECT_EQ(back->fields[2].field, "date_2");
}

TEST(RecordJson, gives_every_value_the_shape_of_the_digital_twin) {
  const forms::Form form = every_type_form();
  const Json values = record_json(filled_record(), &form)["values"];
  EXPECT_EQ(values["digits"], "007");
  EXPECT_EQ(values["number"], 12);
  EXPECT_EQ(values["amount"], 1234.5);
  EXPECT_EQ(values["date"], "2026-03-21");
  EXPECT_EQ(values["checkbox"], true);
  EXPECT_EQ(values["choice"], "eigenaar");
  EXPECT_EQ(values["choices"], (Json{{"auto", true}, {"motor", false}, {"fiets", true}}));
  EXPECT_EQ(values["licencePlate"], "AB-12-CD");
  EXPECT_EQ(values["signature"], "signed");
}

TEST(RecordJson, gives_every_empty_value_the_shape_of_the_digital_twin) {
  const forms::Form form = every_type_form();
  Record record = filled_record();
  record.fields.clear();  // as when the page is missing
  const Json values = record_json(record, &form)["values"];
  EXPECT_EQ(values.size(), form.fields.size());
  EXPECT_EQ(values["number"], nullptr);
  EXPECT_EQ(values["amount"], nullptr);
  EXPECT_EQ(values["checkbox"], false);
  EXPECT_EQ(values["choices"], (Json{{"auto", false}, {"motor", false}, {"fiets", false}}));
  for (const char* key : {"digits", "text", "date", "time", "bsn", "choice", "signature"}) {
    EXPECT_EQ(values[key], "") << key;
  }
}

TEST(RecordJson, keeps_a_value_that_does_not_fit_its_type_out_of_the_values_only) {
  const forms::Form form = every_type_form();
  Record record = filled_record();
  for (FieldResult& field : record.fields) {
    if (field.field == "amount") field.value = "12,3A";
    if (field.field == "date") field.value = "21 maart";
    if (field.field == "choice") field.value = "koper";
  }
  const Json json = record_json(record, &form);
  EXPECT_EQ(json["values"]["amount"], nullptr);
  EXPECT_EQ(json["values"]["date"], "");
  EXPECT_EQ(json["values"]["choice"], "");
  EXPECT_EQ(json["fields"]["amount"]["value"], "12,3A");
  EXPECT_EQ(json["fields"]["date"]["value"], "21 maart");
}

TEST(RecordJson, writes_amounts_without_inventing_digits) {
  const forms::Form form = every_type_form();
  Record record = filled_record();
  for (const auto& [text, written] :
       std::vector<std::pair<std::string, std::string>>{{"0.10", "0.1"},
                                                        {"1234.56", "1234.56"},
                                                        {"-3.05", "-3.05"},
                                                        {"100.00", "100"},
                                                        {"nan", "null"},
                                                        {"1e999", "null"},
                                                        {"", "null"},
                                                        {"12 ", "null"}}) {
    record.fields[7].value = text;
    EXPECT_EQ(record_json(record, &form)["values"]["amount"].dump(), written) << text;
  }
}

TEST(RecordJson, tells_findings_in_dutch) {
  const forms::Form form = every_type_form();
  const Json finding = record_json(filled_record(), &form)["fields"]["bsn"]["findings"][0];
  EXPECT_EQ(finding["code"], "bsn_invalid");
  EXPECT_NE(finding["text"].get<std::string>().find("11-proef"), std::string::npos);
}

TEST(RecordJson, can_always_be_written) {
  Record record = unknown_record();
  record.full_text = "goed \xC3\xA9 fout \xC0\x80 \xED\xA0\x80 \xF5 \xE2\x82 eind\xC3";
  record.fields[0].raw = std::string("\xFF\xFE", 2);
  record.fields[0].probability = std::numeric_limits<double>::quiet_NaN();
  record.pages[0].skew = {std::numeric_limits<double>::infinity()};
  std::string text;
  ASSERT_NO_THROW(text = record_json(record, nullptr).dump());
  const auto back = record_from_json(Json::parse(text));
  ASSERT_TRUE(back);
  EXPECT_EQ(back->full_text.rfind("goed é fout \xEF\xBF\xBD", 0), 0U);
  EXPECT_EQ(back->fields[0].probability, 0.0);
}

struct Broken {
  const char* name;
  const char* json;
};

class BrokenRecord : public testing::TestWithParam<Broken> {};

TEST_P(BrokenRecord, is_refused_with_a_reason_and_without_its_content) {
  const auto record = record_from_json(Json::parse(GetParam().json));
  ASSERT_FALSE(record);
  EXPECT_EQ(record.error().code, ErrorCode::corrupt_store);
  EXPECT_EQ(record.error().reason, "record_json");
  EXPECT_EQ(record.error().message.find("geheim"), std::string::npos) << record.error().message;
}

INSTANTIATE_TEST_SUITE_P(
    RecordJson, BrokenRecord,
    testing::Values(
        Broken{"no_object", R"(["geheim"])"}, Broken{"no_document", R"({"batch":"geheim"})"},
        Broken{"no_status", R"({"document":"d"})"},
        Broken{"status", R"({"document":"d","status":"geheim"})"},
        Broken{"fields", R"({"document":"d","status":"ready","fields":["geheim"]})"},
        Broken{"method", R"({"document":"d","status":"ready","fields":{"a":{"method":"geheim"}}})"},
        Broken{
            "value",
            R"({"document":"d","status":"ready","fields":{"a":{"method":"none","value":{"geheim":1}}}})"},
        Broken{"box",
               R"({"document":"d","status":"ready","fields":{"a":{"method":"none","box":[1,2]}}})"},
        Broken{"turn", R"({"document":"d","status":"ready","pages":[{"turnDegrees":45}]})"},
        Broken{"revision", R"({"document":"d","status":"ready","revision":"geheim"})"}),
    [](const auto& broken) { return broken.param.name; });

}  // namespace
}  // namespace postkamer::publish
