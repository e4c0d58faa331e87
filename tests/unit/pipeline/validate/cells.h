// SPDX-License-Identifier: EUPL-1.2
//
// Rows of cells, as a reader of combs gives them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "pipeline/validate/string_rules.h"

namespace postkamer::validate {

using Cells = std::vector<CharacterCell>;

inline CharacterCell sure(char c, double probability = 0.9995) {
  return {{{std::string(1, c), probability}}, 0.0};
}
inline CharacterCell either(char a, double pa, char b, double pb) {
  return {{{std::string(1, a), pa}, {std::string(1, b), pb}}, 0.0};
}
inline CharacterCell empty(double probability = 0.999) { return {{}, probability}; }

inline Cells cells_of(std::string_view text) {
  Cells out;
  for (const char c : text) out.push_back(c == '_' ? empty() : sure(c));
  return out;
}

inline Decoded decoded(forms::FieldType type, const Cells& cells) {
  return decode(cells, *rule_for(type, cells.size()));
}

}  // namespace postkamer::validate
