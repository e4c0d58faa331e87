// SPDX-License-Identifier: EUPL-1.2
//
// One hand over one page: what a character in doubt looks like is compared with what the same
// writer wrote elsewhere on the page. A 7 that another would take for a 1 has its like among the
// sure ones.
#pragma once

#include <vector>

#include "pipeline/extract/cell_split.h"
#include "pipeline/extract/zones.h"

namespace postkamer::extract {

struct HandCharacter {
  const CellInk* ink = nullptr;
  CharacterCell* cell = nullptr;  // what is claimed so far
  bool has_check_digit = false;   // its field's own rule tells better: it serves as a sample only
};

// Requires: `page` all characters that a page's combs hold by hand.
// Changes:  of cells in doubt, how their two best candidates share what both have: by how much more
//           they resemble the likest sure character of the one kind than of the other. Where the
//           page has no sure character of one of the two, nothing. Deterministic; independent of
//           the order.
void compare_with_sure(const std::vector<HandCharacter>& page, const CharacterReader& reader);

}  // namespace postkamer::extract
