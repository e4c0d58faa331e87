// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/forms/toml_json.h"

#include <toml++/toml.h>

namespace postkamer::forms {
namespace {

Place place(const toml::source_region& source) {
  return {static_cast<int>(source.begin.line), static_cast<int>(source.begin.column)};
}

class Converter {
 public:
  explicit Converter(Located& located) : located_(located) {}

  nlohmann::json convert(const toml::node& node, const std::string& pointer) {
    located_.values[pointer] = place(node.source());
    if (const auto* table = node.as_table()) return of_table(*table, pointer);
    if (const auto* array = node.as_array()) return of_array(*array, pointer);
    if (const auto* text = node.as_string()) return text->get();
    if (const auto* whole = node.as_integer()) return whole->get();
    if (const auto* number = node.as_floating_point()) return number->get();
    if (const auto* yes = node.as_boolean()) return yes->get();
    return nullptr;
  }

 private:
  nlohmann::json of_table(const toml::table& table, const std::string& pointer) {
    auto object = nlohmann::json::object();
    for (const auto& [key, node] : table) {
      const std::string name(key.str());
      const std::string inner = pointer + "/" + name;
      located_.keys[inner] = place(key.source());
      object[name] = convert(node, inner);
    }
    return object;
  }

  nlohmann::json of_array(const toml::array& array, const std::string& pointer) {
    auto list = nlohmann::json::array();
    for (std::size_t i = 0; i < array.size(); ++i)
      list.push_back(convert(array[i], pointer + "/" + std::to_string(i)));
    return list;
  }

  Located& located_;
};

}  // namespace

Place Located::place_of(std::string pointer) const {
  while (true) {
    const auto found = values.find(pointer);
    if (found != values.end() && found->second.line > 0) return found->second;
    const std::size_t slash = pointer.rfind('/');
    if (slash == std::string::npos) return {};
    pointer.resize(slash);
  }
}

tl::expected<Located, Mistake> parse_toml(std::string_view toml, std::string_view file) {
  try {
    const toml::table table = toml::parse(toml, file);
    Located located;
    located.value = Converter(located).convert(table, "");
    return located;
  } catch (const toml::parse_error& error) {
    const Place at = place(error.source());
    return tl::unexpected(Mistake{std::string(file), at.line, at.column,
                                  "this is not TOML: " + std::string(error.description())});
  }
}

}  // namespace postkamer::forms
