// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/validate/validate.h"

#include <algorithm>
#include <random>

#include <gmock/gmock.h>

#include "pipeline/validate/judge.h"

namespace postkamer::validate {
namespace {

using forms::FieldType;
using forms::Verify;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr const char* kReceipt = "2026-11-23";

forms::Field field_of(FieldType type, bool required = false) {
  forms::Field out;
  out.name = "f";
  out.type = type;
  out.required = required;
  out.page = 2;
  if (type == FieldType::choice || type == FieldType::choices)
    out.options = {{"a", {"Eerste", ""}, {}}, {"b", {"Tweede, met komma", ""}, {}}, {"c", {}, {}}};
  return out;
}

forms::Form form_of(std::vector<forms::Field> fields) {
  forms::Form out;
  out.fields = std::move(fields);
  return out;
}

Reading reading_of(Value value, double probability = 0.999) {
  Reading out;
  out.field = "f";
  out.value = std::move(value);
  if (const auto* text = std::get_if<std::string>(&out.value)) out.raw = *text;
  out.probability = probability;
  out.method = Method::printed_text;
  return out;
}

Reading cells_of(std::string_view text, double probability = 0.9995) {
  Reading out = reading_of(std::string(text), 0.9);
  out.method = Method::handprint;
  for (const char c : text)
    if (c == '_')
      out.cells.push_back({{}, 0.9995});
    else
      out.cells.push_back({{{std::string(1, c), probability}}, 0.0});
  return out;
}

FieldResult result_of(const forms::Field& field, const Reading& reading) {
  return validate(form_of({field}), {reading}, kReceipt).fields.at(0);
}

std::string text(const FieldResult& result) {
  const auto* out = std::get_if<std::string>(&result.value);
  return out == nullptr ? "(none)" : *out;
}

std::vector<std::string> codes(const Findings& findings) {
  std::vector<std::string> out;
  for (const Finding& finding : findings) out.push_back(finding.code);
  return out;
}

TEST(Validate, makes_values_canonical) {
  const std::vector<std::tuple<FieldType, const char*, const char*>> kCases{
      {FieldType::bsn, "1234.56.782", "123456782"},
      {FieldType::rsin, "823288444", "823288444"},
      {FieldType::kvk, "12345678", "12345678"},
      {FieldType::iban, "nl91 abna 0417 1643 00", "NL91ABNA0417164300"},
      {FieldType::date, "3 mei '26", "2026-05-03"},
      {FieldType::time, "14.30", "14:30"},
      {FieldType::amount, "€ 1.234,56", "1234.56"},
      {FieldType::number, "1.234,5", "1234.5"},
      {FieldType::digits, "12 34.", "1234"},
      {FieldType::postcode, "1234ab", "1234 AB"},
      {FieldType::licence_plate, "01gbb1", "01-GBB-1"},
      {FieldType::phone, "06 12345678", "+31612345678"},
      {FieldType::email, "Jan@Voorbeeld.NL", "Jan@voorbeeld.nl"},
      {FieldType::text, "  Sint  Anna ", "Sint Anna"},
      {FieldType::capitals, "DE VRIES", "DE VRIES"},
  };
  for (const auto& [type, written, canonical] : kCases) {
    const FieldResult out = result_of(field_of(type), reading_of(std::string(written)));
    EXPECT_EQ(text(out), canonical);
    EXPECT_TRUE(out.accepted) << written;
    EXPECT_THAT(out.findings, IsEmpty()) << written;
    EXPECT_EQ(out.raw, written);
  }
}

TEST(Validate, names_what_is_wrong_and_keeps_what_was_written) {
  const std::vector<std::tuple<FieldType, const char*, const char*>> kCases{
      {FieldType::bsn, "123456789", "bsn_invalid"},
      {FieldType::rsin, "823288445", "rsin_invalid"},
      {FieldType::kvk, "1234567", "kvk_invalid"},
      {FieldType::iban, "NL91ABNA0417164301", "iban_invalid"},
      {FieldType::date, "31-02-2026", "date_impossible"},
      {FieldType::time, "25:00", "time_impossible"},
      {FieldType::amount, "veel", "amount_unreadable"},
      {FieldType::number, "drie", "number_unreadable"},
      {FieldType::digits, "12a", "number_unreadable"},
      {FieldType::digits, "12-3", "number_unreadable"},
      {FieldType::digits, "12/3", "number_unreadable"},
      {FieldType::digits, "1.5", "number_unreadable"},
      {FieldType::postcode, "0123 AB", "postcode_invalid"},
      {FieldType::licence_plate, "AB-12", "licence_plate_invalid"},
      {FieldType::phone, "0612", "phone_invalid"},
      {FieldType::email, "jan", "email_invalid"},
  };
  for (const auto& [type, written, code] : kCases) {
    const FieldResult out = result_of(field_of(type), reading_of(std::string(written)));
    EXPECT_EQ(text(out), written);
    EXPECT_THAT(codes(out.findings), ElementsAre(code));
    EXPECT_FALSE(out.accepted);
    EXPECT_EQ(out.findings[0].severity, Severity::doubt);
    EXPECT_EQ(out.findings[0].field, "f");
    EXPECT_EQ(out.findings[0].page, 2);
    EXPECT_EQ(out.findings[0].evidence.find(written), std::string::npos);
  }
}

TEST(Validate, notices_a_bank_it_does_not_know) {
  const FieldResult out =
      result_of(field_of(FieldType::iban), reading_of(std::string("NL51ZZZZ0123456789")));
  EXPECT_THAT(codes(out.findings), ElementsAre("iban_bank_unknown"));
  EXPECT_EQ(out.findings[0].severity, Severity::notice);
  EXPECT_TRUE(out.accepted);
}

TEST(Validate, holds_a_text_to_its_pattern) {
  forms::Field field = field_of(FieldType::text);
  field.pattern = "ZAAK-[0-9]{4}-[0-9]+";
  EXPECT_TRUE(result_of(field, reading_of(std::string("ZAAK-2026-17"))).accepted);
  EXPECT_THAT(codes(result_of(field, reading_of(std::string("17"))).findings),
              ElementsAre("pattern_mismatch"));
}

TEST(Validate, accepts_only_above_the_fields_own_bound) {
  forms::Field field = field_of(FieldType::text);
  field.max_error = 0.01;
  EXPECT_TRUE(result_of(field, reading_of(std::string("x"), 0.99)).accepted);
  const FieldResult below = result_of(field, reading_of(std::string("x"), 0.98));
  EXPECT_FALSE(below.accepted);
  EXPECT_THAT(codes(below.findings), ElementsAre("field_unsure"));
  EXPECT_EQ(below.findings[0].evidence, "p=0.980 bound=0.990 cells=- others=0");
}

TEST(Validate, tells_which_cells_are_unsure_and_never_what_stands_there) {
  Reading reading = cells_of("DEVRIES_");
  reading.cells[2] = {{{"V", 0.6}, {"U", 0.39}}, 0.0};
  const FieldResult out = result_of(field_of(FieldType::capitals), reading);
  ASSERT_THAT(codes(out.findings), ElementsAre("field_unsure"));
  EXPECT_THAT(out.findings[0].evidence, ::testing::HasSubstr("cells=3"));
  EXPECT_EQ(out.findings[0].evidence.find("VRIES"), std::string::npos);
}

TEST(Validate, sends_fields_to_a_person_when_the_form_says_so) {
  forms::Field field = field_of(FieldType::text);
  for (const Verify verify : {Verify::always, Verify::twice}) {
    field.verify = verify;
    const FieldResult out = result_of(field, reading_of(std::string("x"), 1.0));
    EXPECT_FALSE(out.accepted);
    EXPECT_THAT(codes(out.findings), ElementsAre("verify_always"));
  }
  field.verify = Verify::never;
  const FieldResult out = result_of(field, reading_of(std::string("x"), 0.5));
  EXPECT_FALSE(out.accepted);
  ASSERT_THAT(codes(out.findings), ElementsAre("field_unsure"));
  EXPECT_EQ(out.findings[0].severity, Severity::notice);
}

TEST(Validate, misses_what_is_required) {
  EXPECT_THAT(codes(result_of(field_of(FieldType::text, true), reading_of({})).findings),
              ElementsAre("required_missing"));
  EXPECT_THAT(codes(result_of(field_of(FieldType::checkbox, true), reading_of(false)).findings),
              ElementsAre("required_missing"));
  EXPECT_THAT(codes(result_of(field_of(FieldType::signature, true), reading_of(false)).findings),
              ElementsAre("signature_missing"));
  EXPECT_THAT(codes(result_of(field_of(FieldType::choice, true), reading_of({})).findings),
              ElementsAre("choice_missing"));
  EXPECT_TRUE(result_of(field_of(FieldType::text), reading_of({})).accepted);
  EXPECT_TRUE(result_of(field_of(FieldType::signature, true), reading_of(true)).accepted);
}

TEST(Validate, says_that_a_field_was_not_read) {
  const Validated out = validate(form_of({field_of(FieldType::text)}), {}, kReceipt);
  ASSERT_EQ(out.fields.size(), 1u);
  EXPECT_FALSE(out.fields[0].accepted);
  EXPECT_THAT(codes(out.fields[0].findings), Contains("field_not_read"));
}

TEST(Validate, takes_one_option_of_a_choice_and_doubts_two) {
  const forms::Field choice = field_of(FieldType::choice);
  EXPECT_EQ(text(result_of(choice, reading_of(std::string("b")))), "b");
  EXPECT_EQ(text(result_of(choice, reading_of(std::vector<std::string>{"b"}))), "b");
  const FieldResult two = result_of(choice, reading_of(std::vector<std::string>{"b", "a"}));
  EXPECT_THAT(codes(two.findings), ElementsAre("choice_multiple"));
  EXPECT_EQ(std::get<std::vector<std::string>>(two.value), (std::vector<std::string>{"a", "b"}));
  const FieldResult many =
      result_of(field_of(FieldType::choices), reading_of(std::vector<std::string>{"c", "a"}));
  EXPECT_EQ(std::get<std::vector<std::string>>(many.value), (std::vector<std::string>{"a", "c"}));
  EXPECT_TRUE(many.accepted);
}

TEST(Validate, lets_the_check_digit_choose_between_cells) {
  Reading reading = cells_of("123456782");
  reading.cells[4] = {{{"6", 0.55}, {"5", 0.44}}, 0.0};
  const FieldResult out = result_of(field_of(FieldType::bsn), reading);
  EXPECT_EQ(text(out), "123456782");
  EXPECT_TRUE(out.accepted);
  EXPECT_GT(out.probability, 0.995);
}

TEST(Validate, lets_the_check_digit_choose_between_whole_readings) {
  Reading reading = reading_of(std::string("123466782"), 0.6);
  reading.alternatives = {{"123466782", 0.6}, {"123456782", 0.39}};
  EXPECT_EQ(text(result_of(field_of(FieldType::bsn), reading)), "123456782");
}

TEST(Validate, takes_look_alikes_for_digits_where_only_digits_stand) {
  const FieldResult bsn =
      result_of(field_of(FieldType::bsn), reading_of(std::string("l234S6782"), 0.9999));
  EXPECT_EQ(text(bsn), "123456782");
  EXPECT_FALSE(bsn.accepted) << "the engine was sure of what cannot be there";
  EXPECT_EQ(text(result_of(field_of(FieldType::postcode), reading_of(std::string("1O12 A8")))),
            "1012 AB");
  EXPECT_EQ(text(result_of(field_of(FieldType::email), reading_of(std::string("jan@ x.nl")))),
            "jan@x.nl");
}

TEST(Validate, reads_cents_from_the_cells_behind_the_gap) {
  forms::Field field = field_of(FieldType::amount);
  for (int i = 0; i < 6; ++i)
    field.cells.push_back({10.0 + 5.0 * i + (i >= 4 ? 4.0 : 0.0), 0.0, 5.0, 7.0});
  EXPECT_EQ(text(result_of(field, cells_of("_12550"))), "125.50");
  EXPECT_EQ(text(result_of(field, cells_of("_125__"))), "125.00");
  EXPECT_EQ(text(result_of(field, cells_of("____50"))), "0.50");
  EXPECT_EQ(text(result_of(field, cells_of("______"))), "(none)");
  EXPECT_FALSE(result_of(field, cells_of("_1255_")).accepted) << "half a number of cents";
  field.cells.clear();
  EXPECT_EQ(text(result_of(field, cells_of("_12550"))), "12550.00");
}

TEST(Validate, doubts_a_number_with_an_empty_cell_inside) {
  const std::vector<std::tuple<FieldType, const char*, const char*>> kCases{
      {FieldType::digits, "12__5", "number_unreadable"},
      {FieldType::number, "_12_5", "number_unreadable"},
      {FieldType::amount, "1250__50", "amount_unreadable"},
      {FieldType::bsn, "1_0000008", "bsn_invalid"},
      {FieldType::time, "12_5", "time_impossible"},
      {FieldType::date, "111_1_25", "date_impossible"},
  };
  for (const auto& [type, written, code] : kCases) {
    const FieldResult out = result_of(field_of(type), cells_of(written));
    EXPECT_THAT(codes(out.findings), Contains(code)) << written;
    EXPECT_FALSE(out.accepted) << written;
    Reading again = reading_of(out.value, out.probability);
    again.findings = out.findings;
    EXPECT_EQ(result_of(field_of(type), again).findings, out.findings) << written;
  }
}

TEST(Validate, takes_a_gap_where_a_whole_number_has_its_dash) {
  const std::vector<std::pair<FieldType, const char*>> kCases{
      {FieldType::phone, "06_12345678"},
      {FieldType::licence_plate, "01_GBB_1"},
      {FieldType::time, "12_30"},
      {FieldType::digits, "__125_"}};
  for (const auto& [type, written] : kCases)
    EXPECT_THAT(codes(result_of(field_of(type), cells_of(written)).findings),
                Not(Contains(std::string(invalid_code(type)))))
        << written;
}

TEST(Validate, adds_the_zero_that_was_left_out_of_a_date) {
  EXPECT_EQ(text(result_of(field_of(FieldType::date), cells_of("_3_52026"))), "2026-05-03");
  EXPECT_EQ(text(result_of(field_of(FieldType::date), cells_of("________"))), "(none)");
}

TEST(Validate, puts_two_digit_years_of_birth_dates_in_the_past) {
  forms::Form form = form_of({field_of(FieldType::date)});
  forms::Rule rule;
  rule.kind = "not_future";
  rule.field = "f";
  form.rules = {rule};
  const auto out = validate(form, {reading_of(std::string("1-1-30"))}, kReceipt);
  EXPECT_EQ(text(out.fields[0]), "1930-01-01");
}

TEST(Validate, reads_a_foreign_account_from_cells) {
  EXPECT_EQ(text(result_of(field_of(FieldType::iban), cells_of("BE71096123456769__"))),
            "BE71096123456769");
}

TEST(Validate, carries_the_readers_findings_along_once) {
  Reading reading = reading_of(std::string("x"));
  reading.findings = {{"field_struck_out", "", 2, Severity::doubt, ""}};
  const FieldResult out = result_of(field_of(FieldType::text), reading);
  EXPECT_THAT(codes(out.findings), ElementsAre("field_struck_out"));
  EXPECT_EQ(out.findings[0].field, "f");
  EXPECT_FALSE(out.accepted);
}

// A result as a reading again.
Reading as_reading(const FieldResult& result) {
  Reading out;
  out.field = result.field;
  out.page = result.page;
  out.value = result.value;
  out.raw = result.raw;
  out.alternatives = result.alternatives;
  out.probability = result.probability;
  out.method = result.method;
  out.box = result.box;
  out.findings = result.findings;
  return out;
}

TEST(Validate, changes_nothing_when_it_validates_its_own_values_again) {
  std::mt19937 random(11);
  const std::string kCharacters = "0123456789ABNLSX -.,/€";
  const auto pick = [&](std::size_t n) { return static_cast<std::size_t>(random() % n); };
  for (int round = 0; round < 1000; ++round) {
    const auto type = static_cast<FieldType>(pick(15));
    forms::Field field = field_of(type, pick(2) == 0);
    const std::string kValid[] = {
        "123456782", "NL91ABNA0417164300", "3-5-'26", "1.234,56", "1234AB",
        "01GBB1",    "0612345678",         "0,125",   "14.30"};
    std::string written = kValid[pick(9)];
    for (std::size_t i = pick(3); i > 0; --i) written[pick(written.size())] = kCharacters[pick(20)];
    Reading reading = reading_of(written, 0.5 + 0.0005 * static_cast<double>(pick(1000)));
    reading.alternatives = {{written, reading.probability}, {kValid[pick(9)], 0.1}};
    if (pick(2) == 0) {
      for (const char c : written)
        reading.cells.push_back(
            {{{std::string(1, c), 0.7 + 0.0003 * static_cast<double>(pick(999))},
              {std::string(1, kCharacters[pick(16)]), 0.0002}},
             0.0});
    }
    const forms::Form form = form_of({field});
    const FieldResult once = validate(form, {reading}, kReceipt).fields[0];
    const FieldResult again = validate(form, {as_reading(once)}, kReceipt).fields[0];
    ASSERT_EQ(again.value, once.value) << written;
    ASSERT_EQ(again.probability, once.probability) << written;
    ASSERT_EQ(again.accepted, once.accepted) << written;
    ASSERT_EQ(again.findings, once.findings) << written;
  }
}

TEST(ValidateTyped, checks_what_a_person_types) {
  const forms::Form form = form_of({field_of(FieldType::bsn, true)});
  const FieldResult right = validate_typed(form, form.fields[0], "1234.56.782", "anna");
  EXPECT_EQ(text(right), "123456782");
  EXPECT_EQ(right.probability, 1.0);
  EXPECT_EQ(right.method, Method::person);
  EXPECT_EQ(right.verified_by, "anna");
  EXPECT_TRUE(right.accepted);
  const FieldResult wrong = validate_typed(form, form.fields[0], "123456789", "anna");
  EXPECT_EQ(text(wrong), "123456789");
  EXPECT_THAT(codes(wrong.findings), ElementsAre("bsn_invalid"));
  const FieldResult empty = validate_typed(form, form.fields[0], "", "anna");
  EXPECT_EQ(empty.value, Value{});
  EXPECT_TRUE(empty.accepted) << "a person says that it is empty";
  EXPECT_EQ(empty.findings.at(0).severity, Severity::notice);
}

TEST(ValidateTyped, understands_marks_and_options) {
  const forms::Form form;
  const auto value = [&](FieldType type, const char* typed) {
    return validate_typed(form, field_of(type), typed, "anna").value;
  };
  EXPECT_EQ(value(FieldType::checkbox, "Ja"), Value{true});
  EXPECT_EQ(value(FieldType::checkbox, ""), Value{false});
  EXPECT_EQ(value(FieldType::signature, "nee"), Value{false});
  EXPECT_EQ(value(FieldType::choice, "A"), Value{std::string("a")});
  EXPECT_EQ(value(FieldType::choice, "tweede, met komma"), Value{std::string("b")});
  EXPECT_EQ(value(FieldType::choices, "c; eerste"), (Value{std::vector<std::string>{"a", "c"}}));
  const auto wrong = validate_typed(form, field_of(FieldType::choice), "vierde", "anna");
  EXPECT_THAT(codes(wrong.findings), Contains("option_unknown"));
  const auto maybe = validate_typed(form, field_of(FieldType::checkbox), "misschien", "anna");
  EXPECT_THAT(codes(maybe.findings), Contains("option_unknown"));
}

}  // namespace
}  // namespace postkamer::validate
