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

// Runs of cells between gaps and dashes: where all characters that are nobody's look-alike are
// letters (or all digits), a look-alike's probability goes to its twin of that kind. Runs of both
// kinds, and runs of look-alikes only, stay as they are.
void settle_look_alikes(std::vector<CharacterCell>& cells);

}  // namespace postkamer::extract
