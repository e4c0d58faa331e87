// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/validate/validate.h"

#include <algorithm>
#include <optional>
#include <string_view>

#include <fmt/format.h>

#include "pipeline/validate/judge.h"
#include "pipeline/validate/lexicon_match.h"
#include "pipeline/validate/place_postcode.h"
#include "pipeline/validate/sums.h"
#include "pipeline/validate/typed.h"
#include "pipeline/validate/written.h"

namespace postkamer::validate {
namespace {

using forms::Field;
using forms::FieldType;
using forms::Verify;

const Reading* reading_of(const std::vector<Reading>& readings, const std::string& field) {
  const Reading* best = nullptr;
  for (const Reading& reading : readings)
    if (reading.field == field && (best == nullptr || reading.probability > best->probability))
      best = &reading;
  return best;
}

// A date of the past is one that the form's rules tie to it, or whose name says that it is a birth.
DateContext context_of(const forms::Form& form, const Field& field,
                       const std::string& date_of_receipt) {
  const auto has_rule = [&](std::string_view kind) {
    return std::ranges::any_of(form.rules, [&](const forms::Rule& rule) {
      return rule.field == field.name && rule.kind == kind;
    });
  };
  DateContext context;
  context.reference = parse_iso(date_of_receipt);
  context.is_birth = forms::is_birth_date(field) || has_rule("age_at_least");
  if (context.is_birth || has_rule("not_future")) context.century = Century::past;
  return context;
}

void add(FieldResult& result, std::string code, Severity severity, std::string evidence = "") {
  const bool is_known = std::ranges::any_of(
      result.findings, [&](const Finding& finding) { return finding.code == code; });
  if (is_known) return;
  result.findings.push_back(
      {std::move(code), result.field, result.page, severity, std::move(evidence)});
}

std::string_view missing_code(FieldType type) {
  if (type == FieldType::signature) return "signature_missing";
  if (type == FieldType::choice || type == FieldType::choices) return "choice_missing";
  return "required_missing";
}

bool has_doubt(const FieldResult& result) {
  return std::ranges::any_of(
      result.findings, [](const Finding& finding) { return finding.severity == Severity::doubt; });
}

std::string unsure_evidence(const Field& field, const Judged& judged) {
  std::string cells;
  for (const int cell : judged.unsure) cells += fmt::format("{}{}", cells.empty() ? "" : ",", cell);
  const std::size_t others = judged.alternatives.empty() ? 0 : judged.alternatives.size() - 1;
  return fmt::format("p={:.3f} bound={:.3f} cells={} others={}", judged.probability,
                     1.0 - field.max_error, cells.empty() ? "-" : cells, others);
}

// The form's demands on a judged value.
void apply_demands(const Field& field, const Judged& judged, FieldResult& result) {
  if (!judged.invalid.empty()) add(result, judged.invalid, Severity::doubt);
  for (const std::string& notice : judged.notices) add(result, notice, Severity::notice);
  if (field.required && !is_filled(result.value))
    add(result, std::string(missing_code(field.type)), Severity::doubt);
  const bool is_sure = result.probability >= 1.0 - field.max_error;
  if (!is_sure && judged.invalid.empty())
    add(result, "field_unsure", field.verify == Verify::never ? Severity::notice : Severity::doubt,
        unsure_evidence(field, judged));
  const bool by_person = field.verify == Verify::always || field.verify == Verify::twice;
  if (by_person) add(result, "verify_always", Severity::doubt);
  result.accepted = is_sure && !has_doubt(result) && !by_person;
}

// What the rules of a field's type and its lexicon make of its reading; nothing read gives nothing.
Judged judge_field(const forms::Form& form, const Field& field, const Reading* reading,
                   const std::string& date_of_receipt, const Lexica& lexica) {
  if (reading == nullptr) return {};
  Judged judged = judge(field, *reading, context_of(form, field, date_of_receipt));
  apply_lexicon(field, *reading, lexica, judged);
  return judged;
}

FieldResult result_of(const Field& field, const Reading* reading, const Judged& judged,
                      const Findings& more) {
  FieldResult result;
  result.field = field.name;
  result.page = field.page;
  if (reading == nullptr) {
    add(result, "field_not_read", Severity::doubt);
    apply_demands(field, judged, result);
    return result;
  }
  result.raw = reading->raw;
  result.method = reading->method;
  result.box = reading->box;
  for (Finding finding : reading->findings) {
    if (finding.field.empty()) finding.field = field.name;
    result.findings.push_back(std::move(finding));
  }
  for (const Finding& finding : more)
    if (finding.field == field.name) add(result, finding.code, finding.severity, finding.evidence);
  result.value = judged.value;
  result.probability = judged.probability;
  result.alternatives = judged.alternatives;
  apply_demands(field, judged, result);
  return result;
}

// Lets postcodes and places support each other; what does not belong together is told of both.
Findings compare_places(const forms::Form& form, const std::vector<const Reading*>& readings,
                        const Lexica& lexica, std::vector<Judged>& judged) {
  Findings out;
  for (const PlacePair& pair : place_pairs(form, lexica)) {
    const Field& place = form.fields[pair.place];
    const Field& postcode = form.fields[pair.postcode];
    if (readings[pair.place] == nullptr || readings[pair.postcode] == nullptr) continue;
    if (!let_support(*readings[pair.postcode], lexica.at(place.lexicon), judged[pair.postcode],
                     judged[pair.place]))
      continue;
    for (const Field* field : {&postcode, &place})
      out.push_back({"postcode_place_differ", field->name, field->page, Severity::doubt, ""});
  }
  return out;
}

}  // namespace

Validated validate(const forms::Form& form, const std::vector<Reading>& readings,
                   const std::string& date_of_receipt, const Lexica& lexica) {
  std::vector<const Reading*> read;
  std::vector<Judged> judged;
  for (const Field& field : form.fields) {
    read.push_back(reading_of(readings, field.name));
    judged.push_back(judge_field(form, field, read.back(), date_of_receipt, lexica));
  }
  let_sums_confirm(form, read, judged);
  const Findings places = compare_places(form, read, lexica, judged);
  Validated out;
  for (std::size_t i = 0; i < form.fields.size(); ++i)
    out.fields.push_back(result_of(form.fields[i], read[i], judged[i], places));
  out.findings = check_rules(form, out.fields, date_of_receipt);
  return out;
}

FieldResult validate_typed(const forms::Form& form, const Field& field, const std::string& typed,
                           const std::string& verified_by) {
  FieldResult result;
  result.field = field.name;
  result.page = field.page;
  result.raw = typed;
  result.method = Method::person;
  result.verified_by = verified_by;
  Reading reading;
  reading.field = field.name;
  reading.value = value_of_typed(field, typed);
  reading.probability = 1.0;
  reading.method = Method::person;
  Judged judged = judge(field, reading, context_of(form, field, ""));
  result.value = judged.value;
  result.probability = 1.0;
  if (!judged.invalid.empty()) add(result, judged.invalid, Severity::doubt);
  for (const std::string& notice : judged.notices) add(result, notice, Severity::notice);
  // A person has seen that nothing stands there: known, and no reason to ask again.
  if (field.required && !is_filled(result.value))
    add(result, std::string(missing_code(field.type)), Severity::notice);
  if (is_unknown_option(field, typed, result.value)) add(result, "option_unknown", Severity::doubt);
  result.accepted = !has_doubt(result);
  return result;
}

}  // namespace postkamer::validate
