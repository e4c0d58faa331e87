// SPDX-License-Identifier: EUPL-1.2
//
// The short way to write a comb: a box, a number of cells, groups with a gap between them.
// Internal to pipeline/forms.
#pragma once

#include <optional>
#include <vector>

#include "pipeline/model/geometry.h"

namespace postkamer::forms {

inline constexpr double kDefaultGap = 2.6;  // mm: half a cell, room for a printed dash

struct Comb {
  int cells = 0;
  std::vector<int> groups;   // empty: one group
  double gap = kDefaultGap;  // mm between groups
};

// Cells of equal width that fill `box`. Width is <= 0 when the gaps leave no room.
std::vector<Rect> comb_cells(const Rect& box, const Comb& comb);

inline constexpr double kExactly = 1e-6;  // mm

// The comb that gives these cells, each edge within `tolerance` mm, when there is one.
std::optional<Comb> comb_of(const Rect& box, const std::vector<Rect>& cells, double tolerance);

}  // namespace postkamer::forms
