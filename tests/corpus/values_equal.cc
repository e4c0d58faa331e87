// SPDX-License-Identifier: EUPL-1.2
#include "tests/corpus/values_equal.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

namespace postkamer::corpus {
namespace {

using Json = nlohmann::json;

std::string plain(const std::string& text) {
  std::string out;
  for (const char c : text) {
    const bool space = std::isspace(static_cast<unsigned char>(c)) != 0;
    if (space && (out.empty() || out.back() == ' ')) continue;
    out += space ? ' ' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  while (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

std::optional<double> number_of(const Json& value) {
  if (value.is_number()) return value.get<double>();
  if (!value.is_string()) return std::nullopt;
  const auto& text = value.get_ref<const std::string&>();
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// The chosen ones, sorted, whether listed or marked true.
std::vector<std::string> chosen(const Json& value) {
  std::vector<std::string> names;
  if (value.is_string() && !value.get_ref<const std::string&>().empty()) names = {plain(value)};
  if (value.is_array()) {
    for (const Json& entry : value) {
      if (entry.is_string()) names.push_back(plain(entry.get<std::string>()));
    }
  }
  if (value.is_object()) {
    for (const auto& [name, yes] : value.items()) {
      if (yes.is_boolean() && yes.get<bool>()) names.push_back(plain(name));
    }
  }
  std::sort(names.begin(), names.end());
  return names;
}

bool is_empty(const Json& value) {
  if (value.is_null()) return true;
  if (value.is_boolean()) return !value.get<bool>();
  if (value.is_string()) return plain(value.get<std::string>()).empty();
  if (value.is_array() || value.is_object()) return chosen(value).empty();
  return false;
}

}  // namespace

bool values_equal(const Json& truth, const Json& value) {
  if (is_empty(truth) || is_empty(value)) return is_empty(truth) && is_empty(value);
  if (truth.is_boolean()) return true;  // both are something: ticked, signed
  if (truth.is_array()) return chosen(truth) == chosen(value);
  if (value.is_number() || truth.is_number()) {
    const auto a = number_of(truth);
    const auto b = number_of(value);
    return a && b && std::abs(*a - *b) < 1e-6;
  }
  return truth.is_string() && value.is_string() &&
         plain(truth.get<std::string>()) == plain(value.get<std::string>());
}

}  // namespace postkamer::corpus
