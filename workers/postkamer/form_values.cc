// SPDX-License-Identifier: EUPL-1.2
#include "workers/postkamer/form_values.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace postkamer {
namespace {

using forms::Field;
using forms::FieldType;
using nlohmann::json;

bool has_option(const Field& field, const json& value) {
  return value.is_string() &&
         std::any_of(field.options.begin(), field.options.end(), [&](const forms::Option& option) {
           return option.value == value.get<std::string>();
         });
}

std::string options_of(const Field& field) {
  std::string names;
  for (const auto& option : field.options) names += (names.empty() ? "" : ", ") + option.value;
  return names;
}

// What the field would take, when it does not take this.
std::optional<std::string> refusal(const Field& field, const json& value) {
  switch (field.type) {
    case FieldType::checkbox:
    case FieldType::signature:
      if (!value.is_boolean()) return "true or false";
      return std::nullopt;
    case FieldType::choice:
      if (!has_option(field, value)) return "one of " + options_of(field);
      return std::nullopt;
    case FieldType::choices:
      if (!value.is_array() || !std::all_of(value.begin(), value.end(), [&](const json& item) {
            return has_option(field, item);
          }))
        return "a list of " + options_of(field);
      return std::nullopt;
    default:
      if (!value.is_string() && !value.is_number()) return "a text";
      return std::nullopt;
  }
}

// A date as the record has it is written the way people do: the day first.
std::string as_written(const Field& field, const std::string& text) {
  const bool is_iso = text.size() == 10 && text[4] == '-' && text[7] == '-';
  if (field.type != FieldType::date || !is_iso) return text;
  return text.substr(8, 2) + "-" + text.substr(5, 2) + "-" + text.substr(0, 4);
}

Value value_of(const Field& field, const json& value) {
  if (value.is_boolean()) return value.get<bool>();
  if (value.is_array()) return value.get<std::vector<std::string>>();
  if (value.is_string()) return as_written(field, value.get<std::string>());
  return value.dump();
}

}  // namespace

Result<std::map<std::string, Value>> values_from_json(const forms::Form& form,
                                                      std::string_view text) {
  const json object = json::parse(text, nullptr, false);
  if (!object.is_object())
    return fail(ErrorCode::invalid_config, "form_values",
                "values need a JSON object of field names and values");
  std::map<std::string, Value> values;
  std::string mistakes;
  for (const auto& [name, value] : object.items()) {
    const Field* field = forms::find_field(form, name);
    if (field == nullptr) {
      mistakes += fmt::format("\nform {} has no field \"{}\"", form.id, name);
    } else if (value.is_null()) {
      continue;
    } else if (const auto wanted = refusal(*field, value)) {
      mistakes += fmt::format("\nfield \"{}\" needs {}", name, *wanted);
    } else {
      values[name] = value_of(*field, value);
    }
  }
  if (!mistakes.empty()) return fail(ErrorCode::invalid_config, "form_values", mistakes.substr(1));
  return values;
}

}  // namespace postkamer
