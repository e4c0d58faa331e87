// SPDX-License-Identifier: EUPL-1.2
//
// A comb's characters shown to the OCR engine, on pages that a machine filled in: it was made for
// print, and errs elsewhere than readers of handprint.
#pragma once

#include <string_view>
#include <vector>

#include "pipeline/extract/cell_split.h"
#include "pipeline/extract/zones.h"

namespace postkamer::extract {

// Lowers what `cells` (of one comb, with their `inks`) claim beside the character that the engine
// reads there, where one is left in doubt. Says nothing where it reads another number of
// characters than there are, of fewer than three, and between O and 0 or I and 1. `allowed`: the
// characters that the comb may hold. The engine's failure is no opinion.
void hear_engine(const std::vector<CellInk>& inks, std::string_view allowed, TextReader& engine,
                 std::vector<CharacterCell>& cells);

}  // namespace postkamer::extract
