// SPDX-License-Identifier: EUPL-1.2
//
// What a schema cannot say about a form: names that must be there, boxes that must fit, rules that
// must make sense. Internal to pipeline/forms.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/forms/toml_json.h"

namespace postkamer::forms {

// Collects mistakes at places of one definition.
class Complaints {
 public:
  Complaints(const Located& definition, std::string_view file, const std::set<std::string>& broken)
      : definition_(definition), file_(file), broken_(broken) {}

  void at(const std::string& pointer, std::string message) {
    const Place place = definition_.place_of(pointer);
    mistakes_.push_back({std::string(file_), place.line, place.column, std::move(message)});
  }
  // The schema has already refused the thing at `pointer` or something inside it.
  [[nodiscard]] bool is_broken(const std::string& pointer) const;
  // The definition has something at `pointer`.
  [[nodiscard]] bool has(const std::string& pointer) const {
    return definition_.values.count(pointer) > 0;
  }
  [[nodiscard]] const Located& definition() const { return definition_; }
  std::vector<Mistake> take() { return std::move(mistakes_); }

 private:
  const Located& definition_;
  std::string_view file_;
  const std::set<std::string>& broken_;
  std::vector<Mistake> mistakes_;
};

// "/fields/3/box": the pointer of a part.
std::string part(std::string_view list, std::size_t index, std::string_view key = "");

// Each adds what is wrong; parts that the schema refused are left out.
void check_pages(const Form& form, Complaints& complaints);
void check_fields(const Form& form, Complaints& complaints);
void check_rules(const Form& form, Complaints& complaints);

}  // namespace postkamer::forms
