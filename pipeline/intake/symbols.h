// SPDX-License-Identifier: EUPL-1.2
//
// QR, Code 128, Code 39 and DataMatrix, through zxing-cpp.
#pragma once

#include <vector>

#include "pipeline/model/image.h"
#include "pipeline/model/page.h"

namespace postkamer::intake {

// Codes in these regions of the page (px, may overlap or reach beyond it). Never throws.
// Deterministic.
std::vector<Code> find_symbols(const GrayImage& page, const std::vector<Rect>& regions);

}  // namespace postkamer::intake
