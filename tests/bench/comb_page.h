// SPDX-License-Identifier: EUPL-1.2
//
// Pages of combs that classifiers/handprint/comb_pages.py drew, filled in and scanned by
// simulation.
#pragma once

#include <string>
#include <vector>

#include "pipeline/extract/cell_split.h"
#include "pipeline/extract/registration.h"

namespace postkamer::bench {

struct Comb {
  std::vector<int> labels;  // by cell: 0-9 digits, 10-35 capitals, -1 left empty
  std::vector<Rect> cells;  // mm
};

struct CombPage {
  GrayImage page;
  extract::BlankPage blank;
  extract::Registration registration;
  std::vector<Comb> combs;
};

// Reads STEM.page.png, STEM.blank.png and STEM.combs; false when one of them cannot be read.
bool load_comb_page(const std::string& stem, CombPage& page);

// The ink of each cell, the print taken away, as the comb reader finds it.
std::vector<extract::CellInk> inks_of(const CombPage& page, const Comb& comb);

}  // namespace postkamer::bench
