// SPDX-License-Identifier: EUPL-1.2
//
// form.toml -> Form, or every mistake at once.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "pipeline/forms/form.h"

namespace postkamer::forms {

// One mistake in a text that a person wrote.
struct Mistake {
  std::string file;     // as given to the loader
  int line = 0;         // 1-based; 0 = the file as a whole
  int column = 0;       // 1-based
  std::string message;  // what was expected, what was found, and a suggestion
  bool operator==(const Mistake&) const = default;
};

// "form.toml:10:8: page needs a page number, 1 or higher, has 0".
std::string text_of(const Mistake& mistake);

// Reads a form definition. Checks syntax, the draft-07 schema (config/schema/form.schema.json,
// built in), then meaning: unique names, boxes on the page, cells inside boxes, rules that name
// fields.
//
// Gives:    the form, or all mistakes sorted by line, never only the first.
// `file` is used in messages only; nothing is opened. Deterministic.
tl::expected<Form, std::vector<Mistake>> load_form(std::string_view toml, std::string_view file);

}  // namespace postkamer::forms
