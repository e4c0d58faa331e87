// SPDX-License-Identifier: EUPL-1.2
//
// How dark ink is on a gray scan. What shines through from the other side, coffee and a highlighter
// are ink too, but much paler than the form's own print beside them.
#pragma once

#include <opencv2/core/mat.hpp>

#include "pipeline/extract/registration_blank.h"

namespace postkamer::extract {

// How many gray levels the form's own print lies below the page's paper: the median of its solid
// parts. 0 where nothing can be told: a bilevel scan, or hardly any solid print. Deterministic.
double print_darkness(const GrayImage& original, const Registration& registration,
                      const PreparedBlank& blank);

// The ink of a cut-out that lies so many gray levels and more below its paper. `page`: 0 = ink,
// gray; `mask` and what is given: 255 = ink.
cv::Mat darker_than(const cv::Mat& page, const cv::Mat& mask, double darkness);

}  // namespace postkamer::extract
