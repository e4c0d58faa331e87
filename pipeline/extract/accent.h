// SPDX-License-Identifier: EUPL-1.2
//
// Dots and strokes above a letter. The readers of combs know A to Z only, so a name with an accent
// would go out without it.
#pragma once

#include "pipeline/extract/cell_split.h"

namespace postkamer::extract {

// Whether something small stands clear above the letter in a cell, as a diaeresis or an accent
// does. `read`: what the letter was read as; the dots of I and J are none. Pure.
bool has_accent(const CellInk& ink, char read);

}  // namespace postkamer::extract
