// SPDX-License-Identifier: EUPL-1.2
//
// Small pictures of the blank looked for on the page, around where a guess puts them.
#pragma once

#include <vector>

#include "pipeline/extract/registration_blank.h"
#include "pipeline/extract/registration_fit.h"
#include "pipeline/extract/registration_levels.h"

namespace postkamer::extract {

// How far around the guess is searched, and what counts as found.
struct PatchSearch {
  double reach_mm = 1.0;
  double least_score = 0.45;  // normalised correlation
};

// Fine patches in `levels.fine`; blocks in `levels.block`. `guess` maps the form's mm to px of the
// upright page. Gives the pairs found, `to` being where the guess should have had `from`.
std::vector<PointPair> find_patches(const PageLevels& levels, const PreparedBlank& blank,
                                    const Transform& guess, const PatchSearch& search);
std::vector<PointPair> find_blocks(const PageLevels& levels, const PreparedBlank& blank,
                                   const Transform& guess, const PatchSearch& search);

}  // namespace postkamer::extract
