// SPDX-License-Identifier: EUPL-1.2
//
// Printed lines under handwriting: which pixels of the line are only line. Masks, 255 = ink.
#pragma once

#include <opencv2/core/mat.hpp>

namespace postkamer::extract {

// The print, taken apart.
struct PrintParts {
  cv::Mat across;  // horizontal lines
  cv::Mat down;    // vertical lines
  cv::Mat other;   // text, dots, short dashes
};

PrintParts parts_of(const cv::Mat& blank);

// The pixels of `page` on the lines that are no thicker there than the line is elsewhere: to be
// taken away. `growth`: how many pixels the lines are fatter than in the blank.
cv::Mat bare_lines(const cv::Mat& page, const PrintParts& parts, int growth);

}  // namespace postkamer::extract
