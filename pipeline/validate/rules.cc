// SPDX-License-Identifier: EUPL-1.2
//
// The cross-field rules of a form.
#include <algorithm>
#include <cmath>
#include <iterator>
#include <optional>
#include <string_view>

#include "pipeline/validate/judge.h"
#include "pipeline/validate/sums.h"
#include "pipeline/validate/validate.h"
#include "pipeline/validate/written.h"

namespace postkamer::validate {
namespace {

using forms::Rule;
using Fields = std::vector<FieldResult>;

const FieldResult* find(const Fields& fields, std::string_view name) {
  const auto found = std::ranges::find(fields, name, &FieldResult::field);
  return found == fields.end() ? nullptr : &*found;
}

bool is_filled(const Fields& fields, std::string_view name) {
  const FieldResult* field = find(fields, name);
  return field != nullptr && validate::is_filled(field->value);
}

std::string text_of(const Fields& fields, std::string_view name) {
  const FieldResult* field = find(fields, name);
  const auto* text = field == nullptr ? nullptr : std::get_if<std::string>(&field->value);
  return text == nullptr ? std::string() : *text;
}

bool has_value(const Fields& fields, std::string_view name, std::string_view wanted) {
  const FieldResult* field = find(fields, name);
  if (field == nullptr) return false;
  if (const auto* mark = std::get_if<bool>(&field->value))
    return wanted == (*mark ? "true" : "false");
  if (const auto* many = std::get_if<std::vector<std::string>>(&field->value))
    return std::ranges::find(*many, wanted) != many->end();
  return text_of(fields, name) == wanted;
}

struct Broken {
  std::string field;
  std::string evidence;
};
using Outcome = std::optional<Broken>;

Outcome check_required_when(const Rule& rule, const Fields& fields) {
  const bool applies =
      rule.is.empty() ? is_filled(fields, rule.when) : has_value(fields, rule.when, rule.is);
  if (!applies || is_filled(fields, rule.field)) return std::nullopt;
  return Broken{rule.field, "when=" + rule.when};
}

Outcome check_sum(const Rule& rule, const Fields& fields) {
  std::vector<std::string> parts;
  bool any = is_filled(fields, rule.field);
  for (const std::string& name : rule.fields) {
    parts.push_back(text_of(fields, name));
    any = any || is_filled(fields, name);
  }
  const auto excess = excess_of(parts, text_of(fields, rule.field));
  if (!any || !excess || *excess == 0) return std::nullopt;  // no number: has its own finding
  return Broken{rule.field, "parts=" + std::to_string(rule.fields.size())};
}

Outcome check_date_order(const Rule& rule, const Fields& fields) {
  std::optional<Date> latest;
  std::string latest_name;
  for (const std::string& name : rule.fields) {
    const auto date = parse_iso(text_of(fields, name));
    if (!date) continue;
    if (latest && *date < *latest) return Broken{name, "after=" + latest_name};
    latest = date;
    latest_name = name;
  }
  return std::nullopt;
}

Outcome check_not_future(const Rule& rule, const Fields& fields,
                         const std::optional<Date>& receipt) {
  const auto date = parse_iso(text_of(fields, rule.field));
  if (!receipt || !date || *date <= *receipt) return std::nullopt;
  return Broken{rule.field, "receipt=" + iso(*receipt)};
}

Outcome check_age(const Rule& rule, const Fields& fields, const std::optional<Date>& receipt) {
  auto birth = parse_iso(text_of(fields, rule.field));
  if (!receipt || !birth) return std::nullopt;
  const int years = static_cast<int>(std::lround(rule.number));
  birth->year += years;  // 29 February + years compares as the day before 1 March
  if (*birth <= *receipt) return std::nullopt;
  return Broken{rule.field, "years=" + std::to_string(years)};
}

Outcome check_one_of(const Rule& rule, const Fields& fields) {
  const auto filled = [&](const std::string& name) { return is_filled(fields, name); };
  if (rule.fields.empty() || std::ranges::any_of(rule.fields, filled)) return std::nullopt;
  return Broken{rule.fields.front(), "fields=" + std::to_string(rule.fields.size())};
}

Outcome check_different(const Rule& rule, const Fields& fields) {
  for (std::size_t i = 0; i < rule.fields.size(); ++i) {
    for (std::size_t j = i + 1; j < rule.fields.size(); ++j) {
      const FieldResult* a = find(fields, rule.fields[i]);
      const FieldResult* b = find(fields, rule.fields[j]);
      if (a != nullptr && b != nullptr && validate::is_filled(a->value) && a->value == b->value)
        return Broken{rule.fields[j], "equals=" + rule.fields[i]};
    }
  }
  return std::nullopt;
}

// The code of a rule that names none.
struct KindCode {
  std::string_view kind;
  std::string_view code;
};
constexpr KindCode kCodes[] = {
    {"required_when", "required_missing"}, {"sum", "total_mismatch"},
    {"date_order", "date_order"},          {"not_future", "date_in_future"},
    {"age_at_least", "age_too_low"},       {"one_of", "one_of_missing"},
    {"different", "values_equal"}};

std::string code_of(const Rule& rule) {
  if (!rule.code.empty()) return rule.code;
  const auto found = std::ranges::find(kCodes, rule.kind, &KindCode::kind);
  return found == std::end(kCodes) ? std::string() : std::string(found->code);
}

Outcome check(const Rule& rule, const Fields& fields, const std::optional<Date>& receipt) {
  if (rule.kind == "required_when") return check_required_when(rule, fields);
  if (rule.kind == "sum") return check_sum(rule, fields);
  if (rule.kind == "date_order") return check_date_order(rule, fields);
  if (rule.kind == "not_future") return check_not_future(rule, fields, receipt);
  if (rule.kind == "age_at_least") return check_age(rule, fields, receipt);
  if (rule.kind == "one_of") return check_one_of(rule, fields);
  if (rule.kind == "different") return check_different(rule, fields);
  return std::nullopt;  // the loader refuses other kinds
}

}  // namespace

Findings check_rules(const forms::Form& form, const std::vector<FieldResult>& fields,
                     const std::string& date_of_receipt) {
  const auto receipt = parse_iso(date_of_receipt);
  Findings out;
  for (const Rule& rule : form.rules) {
    const Outcome broken = check(rule, fields, receipt);
    if (!broken) continue;
    Finding finding;
    finding.code = code_of(rule);
    finding.field = broken->field;
    const auto field = std::ranges::find(form.fields, broken->field, &forms::Field::name);
    finding.page = field == form.fields.end() ? 0 : field->page;
    finding.evidence = broken->evidence;
    out.push_back(std::move(finding));
  }
  return out;
}

bool is_rule_code(const forms::Form& form, const std::string& code) {
  return std::ranges::any_of(form.rules, [&](const Rule& rule) { return code_of(rule) == code; });
}

}  // namespace postkamer::validate
