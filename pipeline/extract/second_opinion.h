// SPDX-License-Identifier: EUPL-1.2
//
// A comb's characters shown to the line reader, as a line of writing: it was trained on other
// pictures, sees a character among its neighbours, and errs elsewhere than the character reader.
#pragma once

#include <vector>

#include "pipeline/extract/cell_split.h"
#include "pipeline/extract/zones.h"

namespace postkamer::extract {

// The ink of a comb's cells moved together, as one writes on a line.
struct CombLine {
  GrayImage picture;                 // 0 = ink, at kZoneDpi; empty for fewer than three characters
  std::vector<ColumnRange> columns;  // of `picture`, by cell; empty ranges for empty cells
};
CombLine as_line(const std::vector<CellInk>& inks);

// Whether the character reader leaves something to ask: fewer than three characters are no line,
// and what it is sure of needs no second opinion.
bool wants_second_opinion(const std::vector<CharacterCell>& cells);

// The cell after both have had their say: what each claims, to a power, multiplied (logarithmic
// opinion pool). `second` may claim characters of any set; those of `set` count. A dash and what
// seems to be of another set stay as they are.
CharacterCell pooled(const CharacterCell& first, const CharacterCell& second,
                     CharacterReader::Set set);

}  // namespace postkamer::extract
