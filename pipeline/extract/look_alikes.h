// SPDX-License-Identifier: EUPL-1.2
//
// Letters and digits that no glyph alone tells apart (O and 0, I and 1): what stands beside them
// does.
#pragma once

#include <array>
#include <vector>

#include "pipeline/model/reading.h"

namespace postkamer::extract {

struct LookAlike {
  char digit;
  char letter;
};
inline constexpr std::array<LookAlike, 6> kLookAlikes{
    {{'0', 'O'}, {'1', 'I'}, {'2', 'Z'}, {'5', 'S'}, {'6', 'G'}, {'8', 'B'}}};

// A look-alike that stands between two letters (or two digits) gives its probability to its twin of
// that kind. Elsewhere it stays what it was read as: "A1" is no word.
void settle_look_alikes(std::vector<CharacterCell>& cells);

}  // namespace postkamer::extract
