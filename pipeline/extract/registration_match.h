// SPDX-License-Identifier: EUPL-1.2
//
// How much of a blank's print lies on a page, and laying a blank on a page step by step. Shared by
// registration and by the form classifier, which asks it of every candidate.
#pragma once

#include <optional>
#include <vector>

#include "pipeline/extract/registration_blank.h"
#include "pipeline/extract/registration_levels.h"

namespace postkamer::extract {

struct Alignment {
  Transform mm_to_upright;
  double residual_mm = 0.0;
  int points = 0;
  double match = 0.0;  // see match_share
};

// From a guess that is right within about 6 mm. Blocks only: right within 0.3 mm, some 6 ms.
std::optional<Alignment> align_roughly(const PageLevels& levels, const PreparedBlank& blank,
                                       const Transform& guess);

// From a guess that is right within about 1 mm. Patches; within 0.1 mm, some 12 ms.
std::optional<Alignment> align_finely(const PageLevels& levels, const PreparedBlank& blank,
                                      const Transform& guess);

// The page's ink on the form's own grid: kPrintPpm, 255 = ink.
cv::Mat page_print(const PageLevels& levels, const PreparedBlank& blank,
                   const Transform& mm_to_upright);

// One tile of the page, 16 mm each way, in which the blank has print.
struct PrintTile {
  double print = 0.0;   // weight of its outlines
  double found = 0.0;   // share of them with ink within 0.25 mm, 0..1
  double chance = 0.0;  // share that ink anywhere would cover, 0..1
};

// `ink`: CV_8U of the size of blank.outline, 255 = ink.
std::vector<PrintTile> print_tiles(const cv::Mat& ink, const PreparedBlank& blank);

// The share of the blank's print (outlines of solid areas) that has ink on the page within 0.25 mm,
// less what ink anywhere would cover by chance; 0..1. A blank against itself gives 1, an unrelated
// text page about 0.1.
double match_share(const cv::Mat& page_print, const PreparedBlank& blank);

}  // namespace postkamer::extract
