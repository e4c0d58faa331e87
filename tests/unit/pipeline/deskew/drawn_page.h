// SPDX-License-Identifier: EUPL-1.2
//
// Pages drawn for the tests of deskew: words as rows of short bars and stems, like print seen from
// far away. Seeded, no fonts.
#pragma once

#include <cmath>
#include <random>

#include <opencv2/imgproc.hpp>

#include "pipeline/model/image.h"

namespace postkamer::deskew {

inline GrayImage white_page(int width = 1654, int height = 2339, double dpi = 200.0) {
  return {cv::Mat(height, width, CV_8UC1, cv::Scalar(255)), Dpi{dpi}, false};
}

// Lines of pseudo-letters, ragged at the right. Drawn three times too large and shrunk, so that the
// lines lie between pixels as those of a real scan do.
inline GrayImage text_page(unsigned seed, int lines = 40) {
  GrayImage page = white_page();
  constexpr int kFine = 3;
  cv::Mat fine(page.height() * kFine, page.width() * kFine, CV_8UC1, cv::Scalar(255));
  std::mt19937 random(seed);
  const auto draw = [&random](int low, int high) {
    return low + static_cast<int>(random() % static_cast<unsigned>(high - low + 1));
  };
  for (int line = 0; line < lines; ++line) {
    const int base = kFine * (200 + line * 48) + draw(0, 8);
    int x = kFine * 180;
    const int end = kFine * draw(700, 1450);
    while (x < end) {
      const int letters = draw(2, 9);
      for (int i = 0; i < letters; ++i) {
        const int width = kFine * draw(8, 13);
        const int height = kFine * (draw(0, 3) == 0 ? 22 : 15);
        cv::rectangle(fine, {x, base - height}, {x + 3 * kFine - 1, base}, 0, cv::FILLED);
        cv::rectangle(fine, {x, base - 3 * kFine + 1}, {x + width, base}, 0, cv::FILLED);
        x += width + 4 * kFine;
      }
      x += 12 * kFine;
    }
  }
  cv::resize(fine, page.pixels, page.pixels.size(), 0, 0, cv::INTER_AREA);
  return page;
}

// Clockwise about the middle, smooth, on a canvas of equal size.
inline GrayImage rotated(const GrayImage& page, double degrees, int fill = 255) {
  GrayImage out = page;
  const cv::Mat map = cv::getRotationMatrix2D(
      {static_cast<float>(page.width()) / 2, static_cast<float>(page.height()) / 2}, -degrees, 1.0);
  cv::warpAffine(page.pixels, out.pixels, map, page.pixels.size(), cv::INTER_LINEAR,
                 cv::BORDER_CONSTANT, fill);
  return out;
}

inline GrayImage bilevel(const GrayImage& page) {
  GrayImage out = page;
  cv::threshold(page.pixels, out.pixels, 127, 255, cv::THRESH_BINARY);
  out.is_bilevel = true;
  return out;
}

inline GrayImage noise_page(unsigned seed, double share) {
  GrayImage page = white_page();
  std::mt19937 random(seed);
  const auto limit = static_cast<unsigned>(share * 4294967295.0);
  for (int y = 0; y < page.height(); ++y)
    for (int x = 0; x < page.width(); ++x)
      if (random() < limit) page.pixels.at<std::uint8_t>(y, x) = 0;
  page.is_bilevel = true;
  return page;
}

}  // namespace postkamer::deskew
