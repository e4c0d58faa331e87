// SPDX-License-Identifier: EUPL-1.2
//
// What a decoded page is: its codes, a separator, a blank back, or content.
#pragma once

#include <vector>

#include "pipeline/model/image.h"
#include "pipeline/model/page.h"
#include "pipeline/model/separation.h"

namespace postkamer::intake {

struct InspectOptions {
  SeparationRules rules;
  // Below this share of ink a page is blank. 0.0005 of A4 is 31 mm2, half a signature; the empty
  // backs of simulated duplex batches have up to 0.0004, their emptiest content page 0.007.
  double blank_ink_share = 0.0005;
};

// Codes on the page (QR, Code 128, Code 39, DataMatrix; patch bars), found at any quarter turn.
// Never throws or aborts (see the .cc for zxing-cpp's ways). Deterministic.
std::vector<Code> find_codes(const GrayImage& page);

// Everything that decode knows of a page beside its picture.
DecodedPage inspect(const GrayImage& page, Picture original, int index,
                    const InspectOptions& options);

}  // namespace postkamer::intake
