// SPDX-License-Identifier: EUPL-1.2
#include "tests/support/fill_form.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "tests/support/field_words.h"

namespace postkamer::support {
namespace {

using forms::Field;
using forms::FieldType;

bool is_filled(const Value& value) {
  if (std::holds_alternative<std::monostate>(value)) return false;
  if (const bool* yes = std::get_if<bool>(&value)) return *yes;
  if (const auto* text = std::get_if<std::string>(&value)) return !text->empty();
  return !std::get<std::vector<std::string>>(value).empty();
}

class Filler {
 public:
  Filler(const forms::Form& form, const FillOptions& options, Random& random)
      : form_(form), options_(options), random_(random), words_(random, options.by_hand) {}

  FilledForm filled() {
    for (const Field& field : form_.fields) {
      if (field.office) continue;
      const bool wanted = field.required || random_.chance(options_.optional_share);
      if (wanted) put(field);
      if (!wanted) leave(field);
    }
    // First what depends on a choice, because it may empty a field that another rule counts on.
    for (const forms::Rule& rule : form_.rules) {
      if (rule.kind == "required_when") keep_required_when(rule);
    }
    for (const forms::Rule& rule : form_.rules) keep(rule);
    for (const Slip slip : options_.slips) make(slip);
    return std::move(out_);
  }

 private:
  void set(const Field& field, Value written, Value truth) {
    out_.written[field.name] = std::move(written);
    out_.truth[field.name] = std::move(truth);
  }

  void leave(const Field& field) {
    const bool is_yes_no = field.type == FieldType::checkbox || field.type == FieldType::signature;
    set(field, {}, is_yes_no ? Value{false} : Value{});
  }

  void put(const Field& field) {
    switch (field.type) {
      case FieldType::checkbox:
      case FieldType::signature: set(field, true, true); return;
      case FieldType::choice: {
        const std::string value = random_.one_of(field.options).value;
        set(field, value, value);
        return;
      }
      case FieldType::choices: put_some(field); return;
      case FieldType::barcode: leave(field); return;
      default: {
        const WrittenWord word = words_.for_field(field);
        set(field, word.written, word.canonical);
      }
    }
  }

  void put_some(const Field& field) {
    std::vector<std::string> some;
    for (const forms::Option& option : field.options) {
      if (random_.chance(0.4)) some.push_back(option.value);
    }
    if (some.empty()) some.push_back(random_.one_of(field.options).value);
    set(field, some, some);
  }

  void ensure(const std::string& name) {
    const Field* field = forms::find_field(form_, name);
    if (field != nullptr && !is_filled(out_.truth[name])) put(*field);
  }

  [[nodiscard]] std::string text_of(const std::string& name) const {
    const auto at = out_.truth.find(name);
    if (at == out_.truth.end()) return {};
    if (const bool* yes = std::get_if<bool>(&at->second)) return *yes ? "true" : "false";
    const auto* text = std::get_if<std::string>(&at->second);
    return text == nullptr ? std::string() : *text;
  }

  void keep(const forms::Rule& rule) {
    if (rule.kind == "one_of") keep_one_of(rule);
    if (rule.kind == "different") keep_different(rule);
    if (rule.kind == "sum") keep_sum(rule);
    if (rule.kind == "date_order") keep_date_order(rule);
  }

  // What is asked for in one case only is left open in the others, as people do.
  void keep_required_when(const forms::Rule& rule) {
    const bool wanted =
        std::any_of(form_.rules.begin(), form_.rules.end(), [&](const forms::Rule& other) {
          return other.kind == rule.kind && other.field == rule.field &&
                 text_of(other.when) == other.is;
        });
    const Field* field = forms::find_field(form_, rule.field);
    if (wanted) ensure(rule.field);
    if (!wanted && field != nullptr && !field->required && !field->office) leave(*field);
  }

  void keep_one_of(const forms::Rule& rule) {
    const bool any = std::any_of(rule.fields.begin(), rule.fields.end(),
                                 [this](const auto& name) { return is_filled(out_.truth[name]); });
    if (!any && !rule.fields.empty()) ensure(rule.fields.front());
  }

  void keep_different(const forms::Rule& rule) {
    for (std::size_t i = 1; i < rule.fields.size(); ++i) {
      const Field* field = forms::find_field(form_, rule.fields[i]);
      for (int tries = 0; tries < 20 && field != nullptr; ++tries) {
        if (text_of(rule.fields[i]).empty() ||
            text_of(rule.fields[i]) != text_of(rule.fields[i - 1]))
          break;
        put(*field);
      }
    }
  }

  void keep_sum(const forms::Rule& rule) {
    const Field* total = forms::find_field(form_, rule.field);
    if (total == nullptr) return;
    long cents = 0;
    for (const std::string& name : rule.fields) cents += cents_of(text_of(name));
    if (cents == 0) {
      leave(*total);
      return;
    }
    const WrittenWord word = amount_word(cents);
    set(*total, word.written, word.canonical);
  }

  void keep_date_order(const forms::Rule& rule) {
    std::vector<std::string> days;
    for (const std::string& name : rule.fields) {
      if (!text_of(name).empty()) days.push_back(text_of(name));
    }
    std::sort(days.begin(), days.end());
    auto next = days.begin();
    for (const std::string& name : rule.fields) {
      const Field* field = forms::find_field(form_, name);
      if (field == nullptr || text_of(name).empty()) continue;
      set(*field,
          fmt::format("{}-{}-{}", next->substr(8, 2), next->substr(5, 2), next->substr(0, 4)),
          *next);
      ++next;
    }
  }

  // The first field of one of these types that has something on it.
  const Field* filled_one(std::initializer_list<FieldType> types, bool only_required = false) {
    for (const Field& field : form_.fields) {
      if (field.office || (only_required && !field.required)) continue;
      if (std::find(types.begin(), types.end(), field.type) == types.end()) continue;
      if (is_filled(out_.truth[field.name])) return &field;
    }
    return nullptr;
  }

  // What is expected of the reader for a slip: the finding; the value is as written.
  void slip(Slip kind, const Field* field, const Value& written) {
    if (field == nullptr) return;
    set(*field, written, written);
    out_.expected.push_back({name_of(kind), field->name});
  }

  void make(Slip kind) {
    switch (kind) {
      case Slip::bsn_invalid:
        if (const Field* field = filled_one({FieldType::bsn}))
          slip(kind, field, spoiled(text_of(field->name), random_));
        return;
      case Slip::iban_invalid:
        if (const Field* field = filled_one({FieldType::iban}))
          slip(kind, field, spoiled(text_of(field->name), random_));
        return;
      case Slip::date_impossible: slip(kind, filled_one({FieldType::date}), "31-02-1987"); return;
      case Slip::required_missing:
        if (const Field* field =
                filled_one({FieldType::text, FieldType::capitals, FieldType::postcode,
                            FieldType::digits, FieldType::date},
                           true))
          slip(kind, field, {});
        return;
      case Slip::signature_missing:
        if (const Field* field = filled_one({FieldType::signature})) slip(kind, field, {});
        return;
      case Slip::choice_multiple: tick_two(); return;
    }
  }

  void tick_two() {
    const Field* field = filled_one({FieldType::choice});
    if (field == nullptr || field->options.size() < 2) return;
    slip(Slip::choice_multiple, field,
         std::vector<std::string>{field->options[0].value, field->options[1].value});
  }

  const forms::Form& form_;
  const FillOptions& options_;
  Random& random_;
  FieldWords words_;
  FilledForm out_;
};

}  // namespace

const char* name_of(Slip slip) {
  switch (slip) {
    case Slip::bsn_invalid: return "bsn_invalid";
    case Slip::iban_invalid: return "iban_invalid";
    case Slip::date_impossible: return "date_impossible";
    case Slip::required_missing: return "required_missing";
    case Slip::choice_multiple: return "choice_multiple";
    case Slip::signature_missing: return "signature_missing";
  }
  return "";
}

FilledForm fill_form(const forms::Form& form, const FillOptions& options, Random& random) {
  return Filler(form, options, random).filled();
}

}  // namespace postkamer::support
