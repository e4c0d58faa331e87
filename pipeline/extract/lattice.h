// SPDX-License-Identifier: EUPL-1.2
//
// From the candidates of each cell to readings of the whole comb.
#pragma once

#include <cstddef>
#include <vector>

#include "pipeline/forms/form.h"
#include "pipeline/model/reading.h"

namespace postkamer::extract {

// One way to fill all cells; text "" = the cell is empty.
struct Filling {
  std::vector<std::string> cells;
  double probability = 1.0;
};

// The most probable fillings, best first, taking cells as independent. At least one is given.
std::vector<Filling> best_fillings(const std::vector<CharacterCell>& cells, std::size_t count);

// Where a comb has its gaps: `groups[i]` is the number of the group that cell i belongs to.
std::vector<int> groups_of(const std::vector<Rect>& cells);

// The field as one would write it: groups joined the way its type is written ("03-05-2026",
// "1234,56", "09:30"), empty cells left out, inside words kept as a space.
std::string written(const Filling& filling, forms::FieldType type, const std::vector<int>& groups);

// Cell by cell, a space for every empty one; no spaces at the end.
std::string cell_by_cell(const Filling& filling);

}  // namespace postkamer::extract
