// SPDX-License-Identifier: EUPL-1.2
//
// Letters and digits that a glyph alone hardly tells apart: what stands beside them does.
#pragma once

#include <array>
#include <vector>

#include "pipeline/model/reading.h"

namespace postkamer::extract {

struct LookAlike {
  char digit;
  char letter;
  bool is_one_glyph;  // many people write both the same, so the glyph says little
};
inline constexpr std::array<LookAlike, 6> kLookAlikes{{{'0', 'O', true},
                                                       {'1', 'I', true},
                                                       {'2', 'Z', false},
                                                       {'5', 'S', false},
                                                       {'6', 'G', false},
                                                       {'8', 'B', false}}};

// How many times likelier the neighbours' kind is, against what a telling glyph says.
inline constexpr double kNeighbourOdds = 20.0;

// A look-alike that stands between two letters (or two digits) becomes its twin of that kind by
// kNeighbourOdds against the glyph (the 2 of RABONL2U stays a 2 where it is clearly one). Where
// both are one glyph and it looks like the kind of its neighbours, it is that for certain; where it
// looks like the other, both stay candidates, in doubt: codes as "B0K" exist, and what knows the
// code (a pattern, a list) decides. Elsewhere it stays what it was read as: "A1" is no word.
void settle_look_alikes(std::vector<CharacterCell>& cells);

// The same for one cell of which something else has told that it is a letter, or a digit. A cell
// without that pair's other twin among its candidates is left as it is.
void settle_look_alike(CharacterCell& cell, const LookAlike& pair, bool is_letter);

}  // namespace postkamer::extract
