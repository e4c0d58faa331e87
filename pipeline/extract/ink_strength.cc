// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/extract/ink_strength.h"

#include <algorithm>
#include <cstdint>
#include <vector>

#include <opencv2/imgproc.hpp>

#include "pipeline/extract/patch.h"
#include "pipeline/extract/registration_levels.h"

namespace postkamer::extract {
namespace {

constexpr int kSolid = 250;  // of the print map: a square of it is inked all over
// Every third row and column is looked at; fewer solid places than this tell nothing.
constexpr int kPace = 3;
constexpr std::size_t kLeastPlaces = 40;

// Of a picture that is mostly paper.
int paper_of(const cv::Mat& page) { return gray_quantile(page, 0.75); }

}  // namespace

double print_darkness(const GrayImage& original, const Registration& registration,
                      const PreparedBlank& blank) {
  if (original.is_bilevel) return 0.0;
  std::vector<std::uint8_t> seen;
  for (int y = 1; y < blank.print.rows; y += kPace) {
    const auto* print = blank.print.ptr<std::uint8_t>(y);
    for (int x = 1; x < blank.print.cols; x += kPace) {
      if (print[x] < kSolid) continue;
      const Point at =
          registration.mm_to_original.apply({(x + 0.5) / kPrintPpm, (y + 0.5) / kPrintPpm});
      const auto column = static_cast<int>(at.x);
      const auto row = static_cast<int>(at.y);
      if (column >= 0 && row >= 0 && column < original.width() && row < original.height())
        seen.push_back(original.pixels.at<std::uint8_t>(row, column));
    }
  }
  if (seen.size() < kLeastPlaces) return 0.0;
  cv::Mat thinned;  // enough to tell the paper
  constexpr double kThinned = 1.0 / 16.0;
  cv::resize(original.pixels, thinned, {}, kThinned, kThinned, cv::INTER_NEAREST);
  return std::max(0, paper_of(thinned) - gray_quantile(cv::Mat(seen), 0.5));
}

cv::Mat darker_than(const cv::Mat& page, const cv::Mat& mask, double darkness) {
  return mask & (page < paper_of(page) - darkness);
}

}  // namespace postkamer::extract
