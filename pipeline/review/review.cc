// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/review/review.h"

#include <algorithm>
#include <string_view>

#include "pipeline/validate/judge.h"
#include "pipeline/validate/validate.h"

namespace postkamer::review {
namespace {

using forms::Field;

constexpr std::string_view kSecond = "verify_second";

Result<void> must_be_open(const Record& record) {
  if (record.status == RecordStatus::review) return {};
  return fail(ErrorCode::unsupported, "review_not_open",
              "while reviewing " + record.document + ": its status is " +
                  std::string(name_of(record.status)) + ", not review");
}

Result<void> must_be_published(const Record& record) {
  if (record.status == RecordStatus::ready) return {};
  return fail(ErrorCode::unsupported, "review_not_published",
              "while correcting " + record.document + ": its status is " +
                  std::string(name_of(record.status)) +
                  ", and only a published record can be corrected or withdrawn");
}

const Field* form_field(const forms::Form* form, std::string_view name) {
  if (form == nullptr) return nullptr;
  const auto found = std::ranges::find(form->fields, name, &Field::name);
  return found == form->fields.end() ? nullptr : &*found;
}

FieldResult* result_named(Record& record, std::string_view name) {
  const auto found = std::ranges::find(record.fields, name, &FieldResult::field);
  return found == record.fields.end() ? nullptr : &*found;
}

bool wants_two(const Field* field) {
  return field != nullptr && field->verify == forms::Verify::twice;
}

bool was_seen_by_two(const FieldResult& result) {
  return result.verified_by.find(", ") != std::string::npos;
}

// Commas stand between people: in one name they would make two of one.
std::string one_name(std::string person) {
  std::ranges::replace(person, ',', ' ');
  return person;
}

bool is_doubt(const Finding& finding) { return finding.severity == Severity::doubt; }

// A field of an unknown document: whatever was typed.
FieldResult any_text(const FieldResult& before, const std::string& typed,
                     const std::string& person) {
  FieldResult out = before;
  out.value = typed.empty() ? Value{} : Value{typed};
  out.findings.clear();
  out.probability = 1.0;
  out.method = Method::person;
  out.accepted = true;
  out.verified_by = person;
  return out;
}

// What the machine saw, and where, stays with the value that a person gave.
void keep_origin(const FieldResult& before, FieldResult& after) {
  after.raw = before.raw;
  after.box = before.box;
  after.page = before.page;
  after.alternatives = before.alternatives;
}

// The second of two people confirms, or becomes the first of two for another value.
void count_people(const FieldResult& before, const std::string& person, FieldResult& after) {
  const bool confirms =
      before.value == after.value && !before.verified_by.empty() && before.verified_by != person;
  if (confirms) {
    after.verified_by =
        was_seen_by_two(before) ? before.verified_by : before.verified_by + ", " + person;
    return;
  }
  after.findings.push_back(
      {std::string(kSecond), after.field, after.page, Severity::doubt, "people=1"});
  after.accepted = false;
}

// Puts the result where the form has the field.
void put(Record& record, const forms::Form& form, FieldResult result) {
  if (FieldResult* old = result_named(record, result.field)) {
    *old = std::move(result);
    return;
  }
  const auto place = [&](const std::string& name) {
    return std::ranges::find(form.fields, name, &Field::name);
  };
  const auto mine = place(result.field);
  const auto before = std::ranges::find_if(
      record.fields, [&](const FieldResult& other) { return place(other.field) > mine; });
  record.fields.insert(before, std::move(result));
}

// The findings of cross-field rules, made anew; all others stay.
void check_rules_again(Record& record, const forms::Form& form) {
  std::erase_if(record.findings, [&](const Finding& finding) {
    return !finding.field.empty() && validate::is_rule_code(form, finding.code);
  });
  const Findings again = validate::check_rules(form, record.fields, record.date_of_receipt);
  record.findings.insert(record.findings.end(), again.begin(), again.end());
}

Result<void> must_have_required(const Record& record, const forms::Form& form) {
  for (const Field& field : form.fields) {
    if (!field.required) continue;
    const auto found = std::ranges::find(record.fields, field.name, &FieldResult::field);
    if (found != record.fields.end() &&
        (validate::is_filled(found->value) || !found->verified_by.empty()))
      continue;
    return fail(ErrorCode::unsupported, "review_required_missing",
                "while accepting " + record.document + ": required field " + field.name +
                    " is empty; set it, or set it to nothing to say that the paper is empty");
  }
  return {};
}

Result<void> verify_field(FieldResult& result, const Field* field, const std::string& document,
                          const std::string& person) {
  const bool is_settled = result.accepted && std::ranges::none_of(result.findings, is_doubt);
  if (wants_two(field) && !was_seen_by_two(result)) {
    if (result.verified_by.empty() || result.verified_by == person)
      return fail(ErrorCode::unsupported, "review_second_person",
                  "while accepting " + document + ": field " + result.field +
                      " must be confirmed by two different people");
    result.verified_by += ", " + person;
  } else if (!is_settled && result.verified_by.empty()) {
    result.verified_by = person;
  }
  result.accepted = true;
  return {};
}

void doubts_become_notices(Findings& findings) {
  std::erase_if(findings, [](const Finding& finding) { return finding.code == kSecond; });
  for (Finding& finding : findings) finding.severity = Severity::notice;
}

}  // namespace

Result<Record> set_field(const Record& record, const forms::Form* form, const std::string& field,
                         const std::string& typed, const std::string& name) {
  PK_CHECK(must_be_open(record));
  const std::string person = one_name(name);
  Record out = record;
  FieldResult* before = result_named(out, field);
  const Field* definition = form_field(form, field);
  const bool is_known = form == nullptr ? before != nullptr : definition != nullptr;
  if (!is_known)
    return fail(ErrorCode::unsupported, "review_unknown_field",
                "while reviewing " + record.document + ": there is no such field");
  if (form == nullptr) {
    *before = any_text(*before, typed, person);
    return out;
  }
  FieldResult after = validate::validate_typed(*form, *definition, typed, person);
  const FieldResult seen = before != nullptr ? *before : FieldResult{};
  if (before != nullptr) keep_origin(seen, after);
  if (wants_two(definition)) count_people(seen, person, after);
  put(out, *form, std::move(after));
  check_rules_again(out, *form);
  return out;
}

Result<Record> accept(const Record& record, const forms::Form* form, const std::string& name) {
  PK_CHECK(must_be_open(record));
  const std::string person = one_name(name);
  Record out = record;
  if (form != nullptr) PK_CHECK(must_have_required(out, *form));
  for (FieldResult& result : out.fields) {
    PK_CHECK(verify_field(result, form_field(form, result.field), out.document, person));
    doubts_become_notices(result.findings);
  }
  doubts_become_notices(out.findings);
  out.status = RecordStatus::ready;
  return out;
}

Result<Record> reject(const Record& record, const std::string& person, const std::string& why) {
  PK_CHECK(must_be_open(record));
  Record out = record;
  out.status = RecordStatus::rejected;
  out.findings.push_back({"review_rejected", "", 0, Severity::notice, person + ": " + why});
  return out;
}

Result<Record> correct(const Record& record, const forms::Form* form,
                       const Correction& correction) {
  PK_CHECK(must_be_published(record));
  Record open = record;
  open.status = RecordStatus::review;
  for (const Correction::Change& change : correction.changes) {
    PK_TRY(once, set_field(open, form, change.field, change.typed, correction.person));
    open = std::move(once);
    if (correction.second.empty() || !wants_two(form_field(form, change.field))) continue;
    PK_TRY(twice, set_field(open, form, change.field, change.typed, correction.second));
    open = std::move(twice);
  }
  return accept(open, form, correction.person);
}

Result<Record> withdraw(const Record& record, const std::string& person, const std::string& why) {
  PK_CHECK(must_be_published(record));
  Record out = record;
  out.status = RecordStatus::withdrawn;
  out.findings.push_back({"review_withdrawn", "", 0, Severity::notice, person + ": " + why});
  return out;
}

Record redated(const Record& record, const forms::Form* form, const std::string& date) {
  Record changed = record;
  changed.date_of_receipt = date;
  if (form != nullptr) check_rules_again(changed, *form);
  return changed;
}

Record with_page(const Record& record, const RecordPage& page, std::size_t place) {
  Record changed = record;
  place = std::min(place, changed.pages.size());
  changed.pages.insert(changed.pages.begin() + static_cast<std::ptrdiff_t>(place), page);
  const int number = static_cast<int>(place) + 1;
  const auto follow = [&](int& told) {
    if (told >= number) ++told;
  };
  for (Finding& finding : changed.findings) follow(finding.page);
  for (FieldResult& field : changed.fields) {
    for (Finding& finding : field.findings) follow(finding.page);
    if (changed.form.empty()) follow(field.page);  // else it is the form's own page
  }
  changed.findings.push_back({"page_put_back", "", number, Severity::notice, ""});
  return changed;
}

bool needs_person(const Record& record) {
  if (std::ranges::any_of(record.findings, is_doubt)) return true;
  return std::ranges::any_of(record.fields, [](const FieldResult& field) {
    // What a person verified needs nobody, except where a second one must look.
    return std::ranges::any_of(field.findings, [&](const Finding& finding) {
      return is_doubt(finding) && (field.verified_by.empty() || finding.code == kSecond);
    });
  });
}

}  // namespace postkamer::review
