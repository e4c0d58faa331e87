// SPDX-License-Identifier: EUPL-1.2
#include <algorithm>
#include <array>
#include <optional>

#include <fmt/format.h>

#include "pipeline/forms/meaning.h"
#include "pipeline/forms/suggest.h"

namespace postkamer::forms {
namespace {

// What a kind of rule is made of. `least` counts the names in `fields`; 0: the kind has none.
struct RuleShape {
  std::string_view kind;
  bool field = false;
  std::size_t least = 0;
  bool when = false;
  bool number = false;
  std::string_view of;  // "date": the fields must be dates; "number": numbers or amounts; "": any
};

constexpr std::array kShapes{
    RuleShape{"required_when", true, 0, true, false, ""},
    RuleShape{"sum", true, 1, false, false, "number"},
    RuleShape{"date_order", false, 2, false, false, "date"},
    RuleShape{"not_future", true, 0, false, false, "date"},
    RuleShape{"age_at_least", true, 0, false, true, "date"},
    RuleShape{"one_of", false, 2, false, false, ""},
    RuleShape{"different", false, 2, false, false, ""},
};

bool fits(FieldType type, std::string_view of) {
  if (of == "date") return type == FieldType::date;
  if (of == "number")
    return type == FieldType::amount || type == FieldType::number || type == FieldType::digits;
  return true;
}

class RuleCheck {
 public:
  RuleCheck(const Form& form, std::size_t index, Complaints& complaints)
      : form_(form), rule_(form.rules[index]), index_(index), complaints_(complaints) {
    for (const Field& field : form.fields) names_.push_back(field.name);
  }

  void run() {
    const auto* shape = std::find_if(kShapes.begin(), kShapes.end(),
                                     [&](const RuleShape& row) { return row.kind == rule_.kind; });
    if (shape == kShapes.end()) return;
    check_key("field", shape->field);
    check_key("fields", shape->least > 0);
    check_key("when", shape->when);
    check_key("is", shape->when);
    check_key("number", shape->number);
    if (shape->least > 0 && complaints_.has(here("fields")) && rule_.fields.size() < shape->least)
      complaints_.at(here("fields"),
                     fmt::format("a rule of kind {} needs at least {} fields, has {}", rule_.kind,
                                 shape->least, rule_.fields.size()));
    if (shape->field) check_name(rule_.field, here("field"), shape->of);
    if (shape->least > 0)
      for (std::size_t i = 0; i < rule_.fields.size(); ++i)
        check_name(rule_.fields[i], here("fields") + "/" + std::to_string(i), shape->of);
    if (shape->when) check_when();
    if (shape->number && complaints_.has(here("number")) && !(rule_.number > 0))
      complaints_.at(here("number"),
                     fmt::format("a rule of kind {} needs a number above 0, has {:g}", rule_.kind,
                                 rule_.number));
  }

 private:
  [[nodiscard]] std::string here(std::string_view key) const { return part("rules", index_, key); }

  void check_key(const char* key, bool is_wanted) {
    const bool is_there = complaints_.has(here(key));
    if (is_wanted && !is_there)
      complaints_.at(part("rules", index_),
                     fmt::format("a rule of kind {} needs \"{}\"", rule_.kind, key));
    if (!is_wanted && is_there)
      complaints_.at(here(key),
                     fmt::format("a rule of kind {} has no use for \"{}\"", rule_.kind, key));
  }

  const Field* check_name(const std::string& name, const std::string& at, std::string_view of) {
    if (name.empty()) return nullptr;  // said already: the key is missing
    const Field* field = find_field(form_, name);
    if (field == nullptr) {
      complaints_.at(at, "no field is named \"" + name + "\"" + near(name));
      return nullptr;
    }
    const auto index = static_cast<std::size_t>(field - form_.fields.data());
    if (!fits(field->type, of) && !complaints_.is_broken(part("fields", index, "type")))
      complaints_.at(at, fmt::format("a rule of kind {} needs fields that are {}, \"{}\" is a {}",
                                     rule_.kind, of == "date" ? "dates" : "numbers or amounts",
                                     name, name_of(field->type)));
    return field;
  }

  // Without the long list of all field names when nothing is near.
  [[nodiscard]] std::string near(const std::string& name) const {
    const std::string found = nearest(name, names_);
    return found.empty() ? "" : "; did you mean \"" + found + "\"?";
  }

  void check_when() {
    const Field* field = check_name(rule_.when, here("when"), "");
    if (field == nullptr || !complaints_.has(here("is"))) return;
    std::vector<std::string> values;
    if (field->type == FieldType::checkbox) values = {"true", "false"};
    for (const Option& option : field->options) values.push_back(option.value);
    if (values.empty() || std::find(values.begin(), values.end(), rule_.is) != values.end()) return;
    complaints_.at(here("is"), fmt::format("field \"{}\" never has the value \"{}\"{}", field->name,
                                           rule_.is, suggestion(rule_.is, values)));
  }

  const Form& form_;
  const Rule& rule_;
  std::size_t index_;
  Complaints& complaints_;
  std::vector<std::string> names_;
};

}  // namespace

void check_rules(const Form& form, Complaints& complaints) {
  for (std::size_t i = 0; i < form.rules.size(); ++i)
    if (!complaints.is_broken(part("rules", i))) RuleCheck(form, i, complaints).run();
}

}  // namespace postkamer::forms
