// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/publish/values.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>

namespace postkamer::publish {

using Json = nlohmann::ordered_json;
using forms::Field;
using forms::FieldType;

namespace {

// How many bytes the sequence at the start of `text` has; 0 when it is malformed (Unicode 15,
// table 3-7: no overlong forms, no surrogates, nothing above U+10FFFF).
std::size_t sequence_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const std::uint8_t lead = byte(0);
  if (lead < 0x80) return 1;
  if (lead < 0xC2 || lead > 0xF4) return 0;
  const std::size_t length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  if (text.size() < length) return 0;
  std::uint8_t low = 0x80;
  std::uint8_t high = 0xBF;
  if (lead == 0xE0) low = 0xA0;
  if (lead == 0xED) high = 0x9F;
  if (lead == 0xF0) low = 0x90;
  if (lead == 0xF4) high = 0x8F;
  if (byte(1) < low || byte(1) > high) return 0;
  for (std::size_t i = 2; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return 0;
  }
  return length;
}

// Digits at '9', anything else as it stands.
bool looks_like(std::string_view text, std::string_view picture) {
  return text.size() == picture.size() &&
         std::equal(text.begin(), text.end(), picture.begin(), [](char c, char wanted) {
           return wanted == '9' ? c >= '0' && c <= '9' : c == wanted;
         });
}

// Year, month or day may be unknown: Dutch birth dates legally are, at times.
constexpr const char* kDatePattern = "^([0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?)?$";
constexpr const char* kTimePattern = "^([0-9]{2}:[0-9]{2}(:[0-9]{2})?)?$";

bool is_date(std::string_view text) {
  return looks_like(text, "9999-99-99") || looks_like(text, "9999-99") || looks_like(text, "9999");
}

bool is_time(std::string_view text) {
  return looks_like(text, "99:99") || looks_like(text, "99:99:99");
}

Json number_json(const std::string& text) {
  double number = 0.0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || stop != end || !std::isfinite(number)) return nullptr;
  const auto whole = static_cast<std::int64_t>(number);
  const bool is_whole = std::abs(number) < 9e15 && static_cast<double>(whole) == number;
  return is_whole ? Json(whole) : Json(number);
}

bool is_option(const Field& field, std::string_view value) {
  return std::ranges::any_of(field.options,
                             [&](const forms::Option& option) { return option.value == value; });
}

Json choices_json(const Value& value, const Field& field) {
  std::span<const std::string> chosen;
  if (const auto* list = std::get_if<std::vector<std::string>>(&value)) chosen = *list;
  if (const auto* one = std::get_if<std::string>(&value)) chosen = {one, 1};
  Json result = Json::object();
  for (const forms::Option& option : field.options) {
    result[mended(option.value)] = std::ranges::find(chosen, option.value) != chosen.end();
  }
  return result;
}

bool is_yes(const Value& value) {
  if (const auto* yes = std::get_if<bool>(&value)) return *yes;
  if (const auto* text = std::get_if<std::string>(&value)) return !text->empty();
  return false;
}

std::string text_of_value(const Value& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return mended(*text);
  return {};
}

Json string_schema(const char* key, const char* value) {
  Json schema{{"type", "string"}};
  if (key != nullptr) schema[key] = value;
  return schema;
}

Json choices_schema(const Field& field) {
  Json properties = Json::object();
  Json required = Json::array();
  for (const forms::Option& option : field.options) {
    properties[option.value] = {{"type", "boolean"}};
    required.push_back(option.value);
  }
  return {{"type", "object"},
          {"properties", properties},
          {"required", required},
          {"additionalProperties", false}};
}

Json choice_schema(const Field& field) {
  Json values = Json::array({""});
  for (const forms::Option& option : field.options) values.push_back(option.value);
  return {{"type", "string"}, {"enum", values}};
}

Json type_schema(const Field& field) {
  switch (field.type) {
    case FieldType::checkbox: return {{"type", "boolean"}};
    case FieldType::choice: return choice_schema(field);
    case FieldType::choices: return choices_schema(field);
    case FieldType::number:
    case FieldType::amount: return {{"type", Json::array({"number", "null"})}};
    case FieldType::date: return string_schema("pattern", kDatePattern);
    case FieldType::time: return string_schema("pattern", kTimePattern);
    case FieldType::signature:
      return {{"type", "string"}, {"enum", Json::array({"", std::string(kSigned)})}};
    // What a person has taken over from the paper goes out as written, a wrong number included: its
    // finding says so. Hence a format, which tells, and no pattern, which forbids.
    case FieldType::bsn:
    case FieldType::rsin: return string_schema("format", "nl-bsn");
    case FieldType::kvk: return string_schema("format", "nl-kvk");
    case FieldType::iban: return string_schema("format", "iban");
    case FieldType::postcode: return string_schema("format", "nl-postcode");
    case FieldType::licence_plate: return string_schema("format", "nl-kenteken");
    case FieldType::digits:
    case FieldType::capitals:
    case FieldType::alphanumeric:
    case FieldType::text:
    case FieldType::phone:
    case FieldType::email:
    case FieldType::barcode: return string_schema(nullptr, nullptr);
  }
  return string_schema(nullptr, nullptr);
}

}  // namespace

std::string mended(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  while (!text.empty()) {
    const std::size_t length = sequence_length(text);
    result += length == 0 ? std::string_view("\xEF\xBF\xBD") : text.substr(0, length);
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return result;
}

Json plain_json(const Value& value) {
  if (const auto* yes = std::get_if<bool>(&value)) return *yes;
  if (const auto* text = std::get_if<std::string>(&value)) return mended(*text);
  if (const auto* list = std::get_if<std::vector<std::string>>(&value)) {
    Json result = Json::array();
    for (const std::string& item : *list) result.push_back(mended(item));
    return result;
  }
  return nullptr;
}

Json twin_json(const Value& value, const Field& field) {
  const std::string text = text_of_value(value);
  switch (field.type) {
    case FieldType::checkbox: return is_yes(value);
    case FieldType::choice: return is_option(field, text) ? text : "";
    case FieldType::choices: return choices_json(value, field);
    case FieldType::number:
    case FieldType::amount: return number_json(text);
    case FieldType::date: return is_date(text) ? text : "";
    case FieldType::time: return is_time(text) ? text : "";
    case FieldType::signature: return is_yes(value) ? std::string(kSigned) : "";
    case FieldType::digits:
    case FieldType::capitals:
    case FieldType::alphanumeric:
    case FieldType::text:
    case FieldType::bsn:
    case FieldType::rsin:
    case FieldType::kvk:
    case FieldType::iban:
    case FieldType::postcode:
    case FieldType::licence_plate:
    case FieldType::phone:
    case FieldType::email:
    case FieldType::barcode: return text;
  }
  return text;
}

Json twin_schema(const Field& field) {
  Json schema = Json::object();
  if (!field.label.nl.empty()) schema["title"] = mended(field.label.nl);
  schema.update(type_schema(field));
  return schema;
}

}  // namespace postkamer::publish
