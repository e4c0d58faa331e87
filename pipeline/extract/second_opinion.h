// SPDX-License-Identifier: EUPL-1.2
//
// A comb's characters shown to the line reader, as a line of writing: it was trained on other
// pictures, sees a character among its neighbours, and errs elsewhere than the character reader.
#pragma once

#include <vector>

#include "pipeline/extract/cell_split.h"
#include "pipeline/extract/zones.h"

namespace postkamer::extract {

// Cells from `from` up to but not `to`.
struct CellSpan {
  std::size_t from = 0;
  std::size_t to = 0;
};

// The ink of a comb's cells moved together, as one writes on a line.
struct CombLine {
  GrayImage picture;                 // 0 = ink, at kZoneDpi; empty for fewer than three characters
  std::vector<ColumnRange> columns;  // of `picture`, by cell; empty ranges for empty cells
};
// Of the cells of `span`, at the scale of the whole comb.
CombLine as_line(const std::vector<CellInk>& inks, const CellSpan& span);

// Whether the character reader leaves something to ask: fewer than three characters are no line,
// and what it is sure of needs no second opinion.
bool wants_second_opinion(const std::vector<CharacterCell>& cells);

// Whether the character reader is so unsure of a character that another is heard.
bool is_in_doubt(const CharacterCell& cell);

// The cells in doubt, with the written ones beside them that show how this hand writes: in order,
// apart. What a reader makes of a span costs in proportion to its length.
std::vector<CellSpan> spans_in_doubt(const std::vector<CharacterCell>& cells);

// What `reader` makes of the characters in doubt, by cell; no claims where it is not asked.
// `inks` and `cells` are those of one comb.
std::vector<CharacterCell> second_opinions(const std::vector<CellInk>& inks,
                                           const std::vector<CharacterCell>& cells,
                                           const LineReader& reader);

// The cell after both have had their say: what each claims, to a power, multiplied (logarithmic
// opinion pool). `second` may claim characters of any set; those of `set` count. A dash and what
// seems to be of another set stay as they are.
CharacterCell pooled(const CharacterCell& first, const CharacterCell& second,
                     CharacterReader::Set set);

}  // namespace postkamer::extract
