// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/validate/typed.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

namespace postkamer::validate {
namespace {

using forms::FieldType;

constexpr std::array<std::string_view, 6> kYes{"ja", "j", "x", "true", "waar", "1"};
constexpr std::array<std::string_view, 5> kNo{"nee", "n", "false", "onwaar", "0"};

std::string folded(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

bool is_mark(FieldType type) { return type == FieldType::checkbox || type == FieldType::signature; }
bool has_options(FieldType type) { return type == FieldType::choice || type == FieldType::choices; }

std::vector<std::string> parts_of(std::string_view typed) {
  std::vector<std::string> out;
  while (true) {
    const std::size_t at = typed.find_first_of(",;");
    if (std::string part = folded(typed.substr(0, at)); !part.empty())
      out.push_back(std::move(part));
    if (at == std::string_view::npos) return out;
    typed.remove_prefix(at + 1);
  }
}

// The option that is meant; empty when there is none. A label may itself hold a comma.
std::string option_named(const forms::Field& field, const std::string& name) {
  for (const forms::Option& option : field.options)
    if (folded(option.value) == name || folded(option.label.nl) == name) return option.value;
  return {};
}

std::vector<std::string> names_of(const forms::Field& field, std::string_view typed) {
  const std::string whole = folded(typed);
  if (!option_named(field, whole).empty()) return {whole};
  return parts_of(typed);
}

Value options_of_typed(const forms::Field& field, std::string_view typed) {
  std::vector<std::string> chosen;
  for (const std::string& name : names_of(field, typed))
    if (std::string option = option_named(field, name); !option.empty()) chosen.push_back(option);
  if (chosen.empty()) return {};
  return chosen;
}

}  // namespace

Value value_of_typed(const forms::Field& field, std::string_view typed) {
  if (is_mark(field.type)) return std::ranges::find(kYes, folded(typed)) != kYes.end();
  if (has_options(field.type)) return options_of_typed(field, typed);
  if (folded(typed).empty()) return {};
  return std::string(typed);
}

bool is_unknown_option(const forms::Field& field, std::string_view typed, const Value& value) {
  const std::string text = folded(typed);
  if (text.empty()) return false;
  if (is_mark(field.type))
    return std::ranges::find(kYes, text) == kYes.end() && std::ranges::find(kNo, text) == kNo.end();
  if (!has_options(field.type)) return false;
  std::size_t known = 0;
  if (std::holds_alternative<std::string>(value)) known = 1;
  if (const auto* many = std::get_if<std::vector<std::string>>(&value)) known = many->size();
  return known != names_of(field, typed).size();
}

}  // namespace postkamer::validate
