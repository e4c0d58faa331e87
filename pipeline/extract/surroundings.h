// SPDX-License-Identifier: EUPL-1.2
//
// What is known of a page as a whole before its fields are read.
#pragma once

#include "pipeline/extract/foreign_ink.h"
#include "pipeline/extract/page_ink.h"
#include "pipeline/forms/form.h"

namespace postkamer::extract {

struct Surroundings {
  ForeignInk foreign;
  double print_darkness = 0.0;  // as ink_strength.h has it; 0: not known
};

// `ink`: what page_ink found on page `number` of `form`. Deterministic. Throws cv::Exception when
// memory runs out.
Surroundings surroundings_of(const GrayImage& original, const Registration& registration,
                             const PreparedBlank& blank, const PageInk& ink,
                             const forms::Form& form, int number);

}  // namespace postkamer::extract
