// SPDX-License-Identifier: EUPL-1.2
//
// A TOML text as JSON, with the place of every value and key: the only place that knows toml++.
// Internal to pipeline/forms.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>
#include <tl/expected.hpp>

#include "pipeline/forms/load.h"

namespace postkamer::forms {

struct Place {
  int line = 0;    // 1-based
  int column = 0;  // 1-based
};

// Keyed by JSON pointer ("/fields/3/box"); the whole file is "".
struct Located {
  nlohmann::json value;  // TOML dates and times become null: a form has no use for them
  std::map<std::string, Place> values;
  std::map<std::string, Place> keys;

  // Of the value at `pointer`, or of the nearest thing around it.
  [[nodiscard]] Place place_of(std::string pointer) const;
};

// Fails with the one syntax mistake that stopped the parser.
tl::expected<Located, Mistake> parse_toml(std::string_view toml, std::string_view file);

}  // namespace postkamer::forms
