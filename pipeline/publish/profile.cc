// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/publish/profile.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "pipeline/publish/scrub.h"

namespace postkamer::publish {

using Json = nlohmann::ordered_json;
using forms::FieldType;

namespace {

constexpr std::array<std::string_view, 4> kModes{"full", "masked", "pseudonym", "omitted"};

// Names and numbers of ours, in which nine digits mean nothing.
constexpr std::array<std::string_view, 9> kOurs{"pictureSha256", "formSha256", "handprintModel",
                                                "document",      "batch",      "scan",
                                                "profile",       "form",       "ocrEngine"};

// Their digits follow rules of their own; an RSIN looks like a BSN and is none.
bool is_other_number(FieldType type) {
  return type == FieldType::rsin || type == FieldType::kvk || type == FieldType::iban ||
         type == FieldType::phone || type == FieldType::date || type == FieldType::amount ||
         type == FieldType::postcode || type == FieldType::licence_plate;
}

std::string digits_of(std::string_view text) {
  std::string digits;
  std::ranges::copy_if(text, std::back_inserter(digits),
                       [](char c) { return c >= '0' && c <= '9'; });
  return digits;
}

bool has_as_many_digits(const Json& value) {
  if (value.is_structured())
    return std::ranges::any_of(value, [](const Json& one) { return has_as_many_digits(one); });
  const std::string text = value.is_string() ? value.get<std::string>() : value.dump();
  const std::size_t count = digits_of(text).size();
  const bool is_date = count == 8 && text.size() == 10 && text[4] == '-' && text[7] == '-';
  return (count == 8 || count == 9) && !is_date;
}

class Shaper {
 public:
  Shaper(const forms::Form* form, const Profile& profile) : form_(form), profile_(profile) {}

  void shape(Json& data) {
    if (profile_.fields) keep_fields(data);
    if (profile_.bsn != BsnMode::full) hide_numbers(data);
    Json told = Json::object();
    if (profile_.fields) told["fields"] = *profile_.fields;
    told["bsn"] = name_of(profile_.bsn);
    data["profile"] = std::move(told);
  }

 private:
  [[nodiscard]] bool is_kept(const std::string& field) const {
    return std::ranges::find(*profile_.fields, field) != profile_.fields->end();
  }

  [[nodiscard]] const forms::Field* definition(const std::string& name) const {
    if (form_ == nullptr) return nullptr;
    const auto found = std::ranges::find(form_->fields, name, &forms::Field::name);
    return found == form_->fields.end() ? nullptr : &*found;
  }

  // `drop` says of a field's name whether all that is told of it goes.
  template <class Drop>
  static void drop_fields(Json& data, Drop drop) {
    for (const char* part : {"values", "fields"}) {
      const auto found = data.find(part);
      if (found == data.end() || !found->is_object()) continue;
      Json kept = Json::object();
      for (auto& [name, value] : found->items())
        if (!drop(name)) kept[name] = std::move(value);
      *found = std::move(kept);
    }
    drop_items(data, "findings", drop);
    if (const auto change = data.find("change"); change != data.end())
      drop_items(*change, "fields", drop);
  }

  template <class Drop>
  static void drop_items(Json& parent, const char* list, Drop drop) {
    const auto found = parent.find(list);
    if (found == parent.end() || !found->is_array()) return;
    Json kept = Json::array();
    for (Json& item : *found)
      if (!item.contains("field") || !drop(item.value("field", std::string())))
        kept.push_back(std::move(item));
    *found = std::move(kept);
  }

  void keep_fields(Json& data) const {
    drop_fields(data, [&](const std::string& name) { return !is_kept(name); });
    data.erase("fullText");
    for (const char* list : {"pages", "findings"})
      if (const auto found = data.find(list); found != data.end())
        for (Json& item : *found)
          for (const char* member : {"file", "evidence"}) item.erase(member);
    if (const auto change = data.find("change"); change != data.end()) change->erase("why");
  }

  void hide_numbers(Json& data) {
    find_numbers(data);
    Json numbers = Json::object();  // as they were; the rest of the data is scrubbed
    const auto take = [&](const char* part) {
      const auto found = data.find(part);
      if (found == data.end() || !found->is_object()) return;
      for (auto& [name, value] : found->items()) {
        if (numbers_.contains(name))
          numbers[part][name] = std::exchange(value, nullptr);
        else
          scrub_field(name, value);
      }
    };
    take("values");
    take("fields");
    for (auto& [key, value] : data.items())
      if (key != "values" && key != "fields") scrub_all(key, value);
    drop_evidence(data);
    if (profile_.bsn == BsnMode::omitted)
      return drop_fields(data, [&](const std::string& name) { return numbers_.contains(name); });
    for (const auto& [part, entries] : numbers.items())
      for (const auto& [name, entry] : entries.items())
        data[part][name] = part == "values" ? hidden(entry) : hidden_field(entry);
  }

  void find_numbers(const Json& data) {
    for (const char* part : {"values", "fields"}) {
      const auto found = data.find(part);
      if (found == data.end() || !found->is_object()) continue;
      for (const auto& [name, value] : found->items())
        if (is_number(name, value)) numbers_.insert(name);
    }
    if (form_ == nullptr) return;
    for (const forms::Field& field : form_->fields)
      if (field.type == FieldType::bsn) numbers_.insert(field.name);
  }

  [[nodiscard]] bool is_number(const std::string& name, const Json& value) const {
    if (const forms::Field* field = definition(name)) return field->type == FieldType::bsn;
    if (name.find("bsn") != std::string::npos) return true;
    if (!value.is_object() || !value.contains("raw")) return has_as_many_digits(value);
    return has_as_many_digits(value.value("value", Json())) ||
           has_as_many_digits(value.value("raw", Json())) ||
           has_as_many_digits(value.value("alternatives", Json()));
  }

  void scrub_field(const std::string& name, Json& value) const {
    const forms::Field* field = definition(name);
    if (field == nullptr || !is_other_number(field->type)) scrub_all("", value);
  }

  static void scrub_all(const std::string& key, Json& value) {
    if (std::ranges::find(kOurs, key) != kOurs.end()) return;
    if (value.is_structured()) {
      for (auto& [name, member] : value.items()) scrub_all(value.is_array() ? key : name, member);
    } else if (value.is_string()) {
      value = scrubbed(value.get<std::string>());
    } else if (value.is_number_integer() && scrubbed(value.dump()) != value.dump()) {
      value = nullptr;
    }
  }

  // What a rule had to say about a number may give some of it away.
  void drop_evidence(Json& data) const {
    const auto findings = data.find("findings");
    if (findings == data.end()) return;
    for (Json& finding : *findings)
      if (numbers_.contains(finding.value("field", std::string()))) finding.erase("evidence");
  }

  [[nodiscard]] Json hidden(const Json& value) const {
    if (value.is_array()) {
      Json all = Json::array();
      for (const Json& one : value) all.push_back(hidden(one));
      return all;
    }
    if (!value.is_string() && !value.is_number()) return nullptr;
    const std::string text = value.is_string() ? value.get<std::string>() : value.dump();
    if (text.empty()) return "";
    const std::string digits = digits_of(text);
    if (profile_.bsn == BsnMode::pseudonym)
      return hmac_sha256_hex(profile_.key, bytes_of(digits.empty() ? text : digits));
    return "******" + (digits.size() == 9 ? digits.substr(6) : std::string("***"));
  }

  [[nodiscard]] Json hidden_field(const Json& field) const {
    Json out = Json::object();
    for (const auto& [key, value] : field.items()) {
      if (key == "raw" || key == "alternatives") continue;
      out[key] = key == "value" ? hidden(value) : value;
    }
    if (const auto findings = out.find("findings"); findings != out.end())
      for (Json& finding : *findings) finding.erase("evidence");
    return out;
  }

  const forms::Form* form_;
  const Profile& profile_;
  std::set<std::string> numbers_;  // fields that hold a BSN
};

}  // namespace

std::string_view name_of(BsnMode mode) { return kModes[static_cast<std::size_t>(mode)]; }

std::optional<BsnMode> bsn_mode_named(std::string_view name) {
  const auto found = std::ranges::find(kModes, name);
  if (found == kModes.end()) return std::nullopt;
  return static_cast<BsnMode>(found - kModes.begin());
}

Result<std::string> shaped(const std::string& event, const forms::Form* form,
                           const Profile& profile) {
  if (profile.is_plain()) return event;
  try {
    Json json = Json::parse(event);
    Shaper(form, profile).shape(json.at("data"));
    return json.dump();
  } catch (const nlohmann::json::exception& error) {
    return fail(ErrorCode::corrupt_store, "event_json",
                "shaping an event for a subscriber: it is not one (JSON error " +
                    std::to_string(error.id) + "); it was not sent");
  }
}

}  // namespace postkamer::publish
