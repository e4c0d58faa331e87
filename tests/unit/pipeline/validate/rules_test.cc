// SPDX-License-Identifier: EUPL-1.2
//
// The cross-field rules, one kind after the other.
#include <gmock/gmock.h>

#include "pipeline/validate/validate.h"

namespace postkamer::validate {
namespace {

struct Filled {
  const char* name;
  Value value;
};

Findings check(const forms::Rule& rule, const std::vector<Filled>& filled,
               const char* receipt = "2026-11-23") {
  forms::Form form;
  std::vector<FieldResult> fields;
  for (const Filled& each : filled) {
    forms::Field field;
    field.name = each.name;
    field.page = 3;
    form.fields.push_back(field);
    FieldResult result;
    result.field = each.name;
    result.value = each.value;
    fields.push_back(result);
  }
  form.rules = {rule};
  return check_rules(form, fields, receipt);
}

std::string code(const Findings& findings) {
  return findings.size() == 1 ? findings[0].code : findings.empty() ? "" : "several";
}

forms::Rule rule(const char* kind, const char* field, std::vector<std::string> fields = {}) {
  forms::Rule out;
  out.kind = kind;
  out.field = field;
  out.fields = std::move(fields);
  return out;
}

const Value kEmpty{};
Value text(const char* value) { return std::string(value); }

TEST(RequiredWhen, asks_for_a_field_only_when_the_other_has_the_value) {
  forms::Rule when = rule("required_when", "iban");
  when.when = "betaling";
  when.is = "incasso";
  EXPECT_EQ(code(check(when, {{"betaling", text("incasso")}, {"iban", kEmpty}})),
            "required_missing");
  EXPECT_EQ(code(check(when, {{"betaling", text("incasso")}, {"iban", text("NL")}})), "");
  EXPECT_EQ(code(check(when, {{"betaling", text("factuur")}, {"iban", kEmpty}})), "");
  when.is = "true";
  EXPECT_EQ(code(check(when, {{"betaling", true}, {"iban", kEmpty}})), "required_missing");
  EXPECT_EQ(code(check(when, {{"betaling", false}, {"iban", kEmpty}})), "");
  when.is = "b";
  EXPECT_EQ(code(check(when, {{"betaling", std::vector<std::string>{"a", "b"}}, {"iban", kEmpty}})),
            "required_missing");
}

TEST(Sum, must_be_exact_to_the_cent) {
  const forms::Rule sum = rule("sum", "totaal", {"een", "twee"});
  EXPECT_EQ(code(check(
                sum, {{"totaal", text("30.10")}, {"een", text("10.05")}, {"twee", text("20.05")}})),
            "");
  const Findings off =
      check(sum, {{"totaal", text("30.11")}, {"een", text("10.05")}, {"twee", text("20.05")}});
  EXPECT_EQ(code(off), "total_mismatch");
  EXPECT_EQ(off[0].field, "totaal");
  EXPECT_EQ(off[0].page, 3);
  EXPECT_EQ(off[0].severity, Severity::doubt);
}

TEST(Sum, counts_empty_parts_as_nothing_and_says_nothing_of_what_is_no_number) {
  const forms::Rule sum = rule("sum", "totaal", {"een", "twee"});
  EXPECT_EQ(code(check(sum, {{"totaal", text("5.00")}, {"een", text("5.00")}, {"twee", kEmpty}})),
            "");
  EXPECT_EQ(code(check(sum, {{"totaal", kEmpty}, {"een", kEmpty}, {"twee", kEmpty}})), "");
  EXPECT_EQ(code(check(sum, {{"totaal", kEmpty}, {"een", text("5.00")}, {"twee", kEmpty}})),
            "total_mismatch");
  EXPECT_EQ(code(check(sum, {{"totaal", text("5.00")}, {"een", text("vijf")}, {"twee", kEmpty}})),
            "");
}

TEST(DateOrder, allows_the_same_day_and_skips_empty_fields) {
  const forms::Rule order = rule("date_order", "", {"a", "b", "c"});
  EXPECT_EQ(code(check(
                order,
                {{"a", text("2026-01-01")}, {"b", text("2026-01-01")}, {"c", text("2026-01-02")}})),
            "");
  const Findings off =
      check(order, {{"a", text("2026-01-02")}, {"b", kEmpty}, {"c", text("2026-01-01")}});
  EXPECT_EQ(code(off), "date_order");
  EXPECT_EQ(off[0].field, "c");
}

TEST(NotFuture, compares_with_the_date_of_receipt) {
  const forms::Rule not_future = rule("not_future", "d");
  EXPECT_EQ(code(check(not_future, {{"d", text("2026-11-23")}})), "");
  EXPECT_EQ(code(check(not_future, {{"d", text("2026-11-24")}})), "date_in_future");
  EXPECT_EQ(code(check(not_future, {{"d", text("2026-11-24")}}, "")), "") << "no date of receipt";
}

TEST(AgeAtLeast, counts_birthdays) {
  forms::Rule age = rule("age_at_least", "geboren");
  age.number = 18;
  EXPECT_EQ(code(check(age, {{"geboren", text("2008-11-23")}})), "");
  EXPECT_EQ(code(check(age, {{"geboren", text("2008-11-24")}})), "age_too_low");
  EXPECT_EQ(code(check(age, {{"geboren", text("2008-02-29")}}, "2026-02-28")), "age_too_low");
  EXPECT_EQ(code(check(age, {{"geboren", text("2008-02-29")}}, "2026-03-01")), "");
}

TEST(OneOf, wants_at_least_one) {
  const forms::Rule one_of = rule("one_of", "", {"telefoon", "email"});
  EXPECT_EQ(code(check(one_of, {{"telefoon", kEmpty}, {"email", text("x")}})), "");
  EXPECT_EQ(code(check(one_of, {{"telefoon", kEmpty}, {"email", false}})), "one_of_missing");
}

TEST(Different, compares_filled_fields_only) {
  const forms::Rule different = rule("different", "", {"oud", "nieuw"});
  EXPECT_EQ(code(check(different, {{"oud", text("x")}, {"nieuw", text("x")}})), "values_equal");
  EXPECT_EQ(code(check(different, {{"oud", text("x")}, {"nieuw", text("y")}})), "");
  EXPECT_EQ(code(check(different, {{"oud", kEmpty}, {"nieuw", kEmpty}})), "");
}

TEST(Rules, give_the_code_that_the_form_chose) {
  forms::Rule own = rule("not_future", "d");
  own.code = "dagtekening_later";
  EXPECT_EQ(code(check(own, {{"d", text("2027-01-01")}})), "dagtekening_later");
  forms::Form form;
  form.rules = {own};
  EXPECT_TRUE(is_rule_code(form, "dagtekening_later"));
  EXPECT_FALSE(is_rule_code(form, "date_in_future"));
}

TEST(Rules, stay_silent_about_fields_that_do_not_exist) {
  for (const char* kind : {"required_when", "sum", "date_order", "not_future", "age_at_least",
                           "different", "unheard_of"})
    EXPECT_EQ(code(check(rule(kind, "x", {"y", "z"}), {})), "") << kind;
}

}  // namespace
}  // namespace postkamer::validate
