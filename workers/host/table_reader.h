// SPDX-License-Identifier: EUPL-1.2
//
// Takes values out of one TOML table, remembers which keys were asked for, and collects what is
// wrong, each with its place. Only for what reads settings.
#pragma once

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <toml++/toml.h>

#include "pipeline/forms/load.h"

namespace postkamer::host {

class TableReader {
 public:
  TableReader(const toml::table& table, std::string file, std::vector<forms::Mistake>& mistakes)
      : table_(table), file_(std::move(file)), mistakes_(mistakes) {}

  void text(std::string_view key, std::string& target) {
    if (const auto* node = look(key)) {
      if (const auto value = node->value<std::string>(); value && node->is_string())
        target = *value;
      else
        wrong(*node, key, "text in quotes");
    }
  }

  template <class Integer>
  void number(std::string_view key, Integer& target, std::int64_t least, std::int64_t most) {
    const auto* node = look(key);
    if (node == nullptr) return;
    const auto value = node->value<std::int64_t>();
    if (!node->is_integer() || *value < least || *value > most)
      wrong(*node, key, fmt::format("a whole number from {} to {}", least, most));
    else
      target = static_cast<Integer>(*value);
  }

  void share(std::string_view key, double& target) {
    const auto* node = look(key);
    if (node == nullptr) return;
    const auto value = node->value<double>();
    if (!value || *value <= 0.0 || *value >= 1.0)
      wrong(*node, key, "a number between 0 and 1");
    else
      target = *value;
  }

  void texts(std::string_view key, std::vector<std::string>& target) {
    const auto* node = look(key);
    if (node == nullptr) return;
    const auto* array = node->as_array();
    if (array == nullptr || !array->is_homogeneous<std::string>())
      return wrong(*node, key, "a list of texts in quotes");
    target.clear();
    for (const auto& item : *array) target.push_back(item.value_or(std::string()));
  }

  void flag(std::string_view key, bool& target) {
    const auto* node = look(key);
    if (node == nullptr) return;
    if (node->is_boolean())
      target = *node->value<bool>();
    else
      wrong(*node, key, "true or false");
  }

  // One of `words`; the index of the one that stands there goes into `target`.
  template <class Enum>
  void word(std::string_view key, std::initializer_list<std::string_view> words, Enum& target) {
    const auto* node = look(key);
    if (node == nullptr) return;
    const auto found = std::ranges::find(words, node->value_or(std::string_view()));
    if (found == words.end())
      wrong(*node, key, fmt::format("one of \"{}\"", fmt::join(words, "\", \"")));
    else
      target = static_cast<Enum>(found - words.begin());
  }

  // A path, relative to `folder`; empty when the key is not there.
  std::filesystem::path path(std::string_view key, const std::filesystem::path& folder) {
    std::string name;
    text(key, name);
    return name.empty() ? std::filesystem::path() : (folder / name).lexically_normal();
  }

  const toml::node* look(std::string_view key) {
    asked_.emplace_back(key);
    return table_.get(key);
  }

  void wrong(const toml::node& node, std::string_view key, std::string_view expected) {
    add(node.source(), fmt::format("{}: expected {}", key, expected));
  }

  void missing(std::string_view key) {
    add(table_.source(), fmt::format("{} is missing; add it to this table", key));
  }

  // To be called last: whatever was not asked for is unknown.
  void refuse_the_rest() {
    for (const auto& [key, node] : table_)
      if (std::ranges::find(asked_, key.str()) == asked_.end())
        add(key.source(),
            fmt::format("unknown key {}; this table knows {}", key.str(), fmt::join(asked_, ", ")));
  }

 private:
  void add(const toml::source_region& where, std::string message) {
    mistakes_.push_back({file_, static_cast<int>(where.begin.line),
                         static_cast<int>(where.begin.column), std::move(message)});
  }

  const toml::table& table_;
  std::string file_;
  std::vector<forms::Mistake>& mistakes_;
  std::vector<std::string> asked_;
};

}  // namespace postkamer::host
