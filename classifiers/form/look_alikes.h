// SPDX-License-Identifier: EUPL-1.2
//
// Telling two forms apart that look alike, such as two versions of one: only the places where their
// blanks differ are looked at.
#pragma once

#include <opencv2/core/mat.hpp>

#include "pipeline/extract/registration_blank.h"
#include "pipeline/model/geometry.h"

namespace postkamer::classifiers {

struct Difference {
  double lean = 0.0;    // 1: the page is like the first where they differ; -1: like the second
  double weight = 0.0;  // how much print differs, full pixels of the print map
};

// `page` is the page's ink on the first form's grid (extract::page_print); `first_to_second` maps
// mm of the first form to mm of the second, both as laid on this page.
Difference compare(const cv::Mat& page, const extract::PreparedBlank& first,
                   const extract::PreparedBlank& second, const Transform& first_to_second);

// The probability that the page is the first, given that it is one of the two.
double probability_of_first(const Difference& difference);

}  // namespace postkamer::classifiers
