// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/forms/schema_check.h"

#include <algorithm>

#include <fmt/format.h>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

#include "pipeline/forms/suggest.h"

namespace postkamer::forms {
namespace {

using nlohmann::json;

// "<root>[fields][3][box]" in pieces -> "/fields/3/box".
std::string pointer_of(const std::vector<std::string>& context) {
  std::string pointer;
  for (const std::string& piece : context) {
    if (piece.size() < 3 || piece.front() != '[') continue;
    pointer += '/';
    pointer.append(piece, 1, piece.size() - 2);
  }
  return pointer;
}

std::vector<std::string> split(const std::string& pointer) {
  std::vector<std::string> steps;
  for (std::size_t at = 0; at < pointer.size();) {
    const std::size_t next = std::min(pointer.find('/', at + 1), pointer.size());
    steps.push_back(pointer.substr(at + 1, next - at - 1));
    at = next;
  }
  return steps;
}

const json& resolved(const json& schema, const json& node) {
  if (!node.contains("$ref")) return node;
  return schema.at(json::json_pointer(node.at("$ref").get<std::string>().substr(1)));
}

// A value, the schema node that speaks about it, and the name a person knows it by.
struct Spot {
  const json* value = nullptr;
  const json* node = nullptr;
  std::string description;
  std::string name;
  std::string pointer;
};

// Nothing (value null) when the schema says nothing about the place.
Spot spot_at(const json& schema, const json& definition, const std::string& pointer) {
  Spot spot{&definition, &schema, schema.at("description"), "the form", pointer};
  for (const std::string& step : split(pointer)) {
    const bool is_item = spot.value->is_array();
    const json* next = nullptr;
    if (is_item && spot.node->contains("items"))
      next = &spot.node->at("items");
    else if (!is_item && spot.node->contains("properties") &&
             spot.node->at("properties").contains(step))
      next = &spot.node->at("properties").at(step);
    if (next == nullptr) return {};
    spot.value = is_item ? &spot.value->at(std::stoul(step)) : &spot.value->at(step);
    spot.node = &resolved(schema, *next);
    spot.description =
        next->contains("description") ? next->at("description") : spot.node->at("description");
    spot.name = is_item ? spot.name + "[" + step + "]" : step;
  }
  return spot;
}

std::string in_words(const json& value) {
  if (value.is_null()) return "a date or time";
  if (value.is_boolean()) return value.get<bool>() ? "true" : "false";
  if (value.is_number()) return fmt::format("{:g}", value.get<double>());
  if (value.is_object()) return "a table";
  if (value.is_string()) {
    const std::string text = value.get<std::string>();
    return text.size() > 40 ? fmt::format("\"{}...\"", text.substr(0, 37))
                            : fmt::format("\"{}\"", text);
  }
  const bool are_numbers =
      std::all_of(value.begin(), value.end(), [](const json& item) { return item.is_number(); });
  return fmt::format("{} {}{}", value.size(), are_numbers ? "number" : "value",
                     value.size() == 1 ? "" : "s");
}

bool fits_type(const json& value, const std::string& type) {
  if (type == "string") return value.is_string();
  if (type == "object") return value.is_object();
  if (type == "array") return value.is_array();
  if (type == "boolean") return value.is_boolean();
  if (type == "integer") return value.is_number_integer();
  return value.is_number();
}

bool fits_any_type(const json& value, const json& node) {
  const json& types = node.at("type");
  if (types.is_string()) return fits_type(value, types.get<std::string>());
  return std::any_of(types.begin(), types.end(),
                     [&](const json& type) { return fits_type(value, type.get<std::string>()); });
}

std::vector<std::string> keys_of(const json& object) {
  std::vector<std::string> keys;
  for (const auto& [key, unused] : object.items()) keys.push_back(key);
  return keys;
}

class Explainer {
 public:
  Explainer(const json& schema, const Located& definition, std::string_view file)
      : schema_(schema), definition_(definition), file_(file) {}

  // Adds what is wrong with the value at `pointer` itself, not with what is inside it.
  void explain(const std::string& pointer, std::vector<Mistake>& mistakes) const {
    const Spot spot = spot_at(schema_, definition_.value, pointer);
    if (spot.value == nullptr) return;
    const Place at = definition_.place_of(pointer);
    if (!fits_any_type(*spot.value, *spot.node))
      mistakes.push_back(mistake(at, needs(spot)));
    else if (spot.value->is_object())
      explain_keys(spot, mistakes);
    else if (spot.node->contains("enum"))
      explain_enum(spot, mistakes);
    else if (!spot.value->is_array() || breaks_size(spot))
      mistakes.push_back(mistake(at, needs(spot)));
  }

 private:
  [[nodiscard]] Mistake mistake(Place at, std::string message) const {
    return {std::string(file_), at.line, at.column, std::move(message)};
  }

  static std::string needs(const Spot& spot) {
    return spot.name + " needs " + spot.description + ", has " + in_words(*spot.value);
  }

  static bool breaks_size(const Spot& spot) {
    const auto bound = [&](const char* name, std::size_t otherwise) {
      return spot.node->contains(name) ? spot.node->at(name).get<std::size_t>() : otherwise;
    };
    return spot.value->size() < bound("minItems", 0) ||
           spot.value->size() > bound("maxItems", spot.value->size());
  }

  void explain_keys(const Spot& spot, std::vector<Mistake>& mistakes) const {
    const json& properties = spot.node->at("properties");
    std::set<std::string> misspelt;
    for (const std::string& key : keys_of(*spot.value)) {
      if (properties.contains(key)) continue;
      misspelt.insert(nearest(key, keys_of(properties)));
      const auto at = definition_.keys.find(spot.pointer + "/" + key);
      mistakes.push_back(mistake(
          at != definition_.keys.end() ? at->second : definition_.place_of(spot.pointer),
          "unknown key \"" + key + "\" in " + spot.name + suggestion(key, keys_of(properties))));
    }
    if (!spot.node->contains("required")) return;
    for (const json& required : spot.node->at("required")) {
      const std::string key = required.get<std::string>();
      if (spot.value->contains(key) || misspelt.count(key) > 0) continue;
      const Spot inner = {nullptr, &resolved(schema_, properties.at(key)), "", key, ""};
      const json& described =
          properties.at(key).contains("description") ? properties.at(key) : *inner.node;
      mistakes.push_back(mistake(definition_.place_of(spot.pointer),
                                 spot.name + " has no \"" + key + "\": it needs " +
                                     described.at("description").get<std::string>()));
    }
  }

  void explain_enum(const Spot& spot, std::vector<Mistake>& mistakes) const {
    const auto known = spot.node->at("enum").get<std::vector<std::string>>();
    const std::string found = spot.value->get<std::string>();
    if (std::find(known.begin(), known.end(), found) != known.end()) return;
    mistakes.push_back(
        mistake(definition_.place_of(spot.pointer), needs(spot) + suggestion(found, known)));
  }

  const json& schema_;
  const Located& definition_;
  std::string_view file_;
};

}  // namespace

SchemaVerdict check_schema(const Located& definition, std::string_view file) {
  const json text = json::parse(form_schema());
  valijson::Schema schema;
  valijson::SchemaParser(valijson::SchemaParser::kDraft7)
      .populateSchema(valijson::adapters::NlohmannJsonAdapter(text), schema);
  valijson::ValidationResults results;
  valijson::Validator().validate(schema, valijson::adapters::NlohmannJsonAdapter(definition.value),
                                 &results);

  SchemaVerdict verdict;
  std::set<std::string> places;
  for (const auto& error : results) places.insert(pointer_of(error.context));
  const Explainer explainer(text, definition, file);
  for (const std::string& pointer : places) {
    const std::size_t before = verdict.mistakes.size();
    explainer.explain(pointer, verdict.mistakes);
    if (verdict.mistakes.size() > before) verdict.at.insert(pointer);
  }
  // Nothing that valijson refuses may pass unexplained.
  if (verdict.mistakes.empty() && results.numErrors() > 0) {
    const Place at = definition.place_of(pointer_of(results.begin()->context));
    verdict.mistakes.push_back(
        {std::string(file), at.line, at.column, results.begin()->description});
    verdict.at.insert("");
  }
  return verdict;
}

}  // namespace postkamer::forms
