// SPDX-License-Identifier: EUPL-1.2
//
// Patch codes: four bars, two wide (0.20 inch) and two narrow (0.08 inch), spaces of 0.08 inch,
// 0.80 inch over all (Kodak A-61599). No library reads them. The detector follows scan lines across
// the bars and wants the same pattern at the same place over most of the bars' length, with white
// on both sides: print in forms, tables and bar codes does not do that.
#pragma once

#include <vector>

#include "pipeline/intake/ink_map.h"
#include "pipeline/model/page.h"

namespace postkamer::intake {

// Bars in both directions. A pattern and its mirror image are two different patches (T and 3, 1 and
// 6), so bars are read from the nearest page edge inwards, as a feeder's sensor meets them.
// Boxes are page px. Tolerates 4 degrees of skew. Deterministic.
std::vector<Code> find_patch_bars(const InkMap& map);

}  // namespace postkamer::intake
