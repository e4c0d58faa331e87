// SPDX-License-Identifier: EUPL-1.2
//
// Words in cells: letters follow one another as they do in Dutch names, places and words, and that
// tells between two readings of a character in doubt (KOOISTRA, hardly KCDISTRA).
#pragma once

#include <vector>

#include "pipeline/extract/zones.h"

namespace postkamer::extract {

// Requires: `cells` of a comb that holds words, as all readers left them.
// Changes:  what cells in doubt claim: each way to fill the comb weighs what its cells claim times
//           how usual its letters are, to a power. What is clear stays clear: a rare name keeps its
//           rare letters. Fewer letters than four are initials, and nothing changes. Deterministic.
void weigh_letters(std::vector<CharacterCell>& cells, const LineReader& reader);

}  // namespace postkamer::extract
