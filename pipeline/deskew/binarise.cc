// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/deskew/binarise.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <opencv2/imgproc.hpp>

#include "pipeline/deskew/deskew.h"

namespace postkamer::deskew {
namespace {

constexpr double kCellMm = 0.7;         // size of a background cell
constexpr double kLargestInkMm = 20.0;  // solid ink wider than this is taken for paper
constexpr double kSmoothMm = 8.0;

// The paper's brightness everywhere, on a coarse grid: dark spots up to kLargestInkMm are closed,
// so title bars, logos and the black of an open lid do not count as paper.
cv::Mat paper_level(const GrayImage& page) {
  const double cell = std::max(1.0, kCellMm * pixels_per_mm(page.dpi));
  const cv::Size grid{std::max(1, static_cast<int>(std::lround(page.width() / cell))),
                      std::max(1, static_cast<int>(std::lround(page.height() / cell)))};
  // Halved first, which is fast, as a fractional reduction of all pixels is not.
  cv::Mat coarse = page.pixels;
  if (page.width() >= 2 * grid.width && page.height() >= 2 * grid.height) {
    const cv::Rect even{0, 0, page.width() / 2 * 2, page.height() / 2 * 2};
    cv::resize(page.pixels(even), coarse, even.size() / 2, 0, 0, cv::INTER_AREA);
  }
  cv::resize(coarse, coarse, grid, 0, 0, cv::INTER_AREA);
  const int closing = static_cast<int>(kLargestInkMm / kCellMm) | 1;
  const int smooth = static_cast<int>(kSmoothMm / kCellMm) | 1;
  const cv::Mat element = cv::getStructuringElement(cv::MORPH_RECT, {closing, closing});
  cv::Mat level;
  cv::morphologyEx(coarse, level, cv::MORPH_CLOSE, element);
  cv::blur(level, level, {smooth, smooth}, {-1, -1}, cv::BORDER_REPLICATE);
  return level;
}

// Otsu's threshold (IEEE Trans. SMC 9, 1979) on a histogram of 256.
int otsu(const std::array<double, 256>& histogram) {
  double total = 0.0;
  double weighted = 0.0;
  for (std::size_t i = 0; i < 256; ++i) {
    total += histogram[i];
    weighted += static_cast<double>(i) * histogram[i];
  }
  double below = 0.0;
  double below_weighted = 0.0;
  double best = -1.0;
  int threshold = 128;
  for (std::size_t i = 0; i < 255; ++i) {
    below += histogram[i];
    below_weighted += static_cast<double>(i) * histogram[i];
    const double above = total - below;
    if (below <= 0.0 || above <= 0.0) continue;
    const double gap = below_weighted / below - (weighted - below_weighted) / above;
    const double between = below * above * gap * gap;
    if (between > best) {
      best = between;
      threshold = static_cast<int>(i) + 1;
    }
  }
  return threshold;
}

// The share of the paper's brightness under which a pixel is ink. The bounds keep show-through
// (0.90 and up) out and hairlines (down to 0.6 in the middle) in, whatever the histogram looks
// like.
double ink_share(const GrayImage& page, const cv::Mat& level) {
  std::array<double, 256> histogram{};
  const int step = 4;
  for (int y = 0; y < page.height(); y += step) {
    const auto* row = page.pixels.ptr<std::uint8_t>(y);
    const auto* paper = level.ptr<std::uint8_t>(
        std::min(level.rows - 1,
                 static_cast<int>(static_cast<std::int64_t>(y) * level.rows / page.height())));
    for (int x = 0; x < page.width(); x += step) {
      const int column = static_cast<int>(static_cast<std::int64_t>(x) * level.cols / page.width());
      const int white = std::max<int>(1, paper[column]);
      histogram[static_cast<std::size_t>(std::min(255, row[x] * 255 / white))] += 1.0;
    }
  }
  return std::clamp(otsu(histogram) / 255.0 + 0.06, 0.64, 0.82);
}

}  // namespace

cv::Mat ink_margin(const GrayImage& page) {
  if (page.is_bilevel || page.pixels.empty()) return page.pixels;
  cv::Mat threshold = paper_level(page);
  threshold.convertTo(threshold, CV_8U, ink_share(page, threshold));
  cv::Mat fine;
  cv::resize(threshold, fine, page.pixels.size(), 0, 0, cv::INTER_LINEAR);
  cv::Mat margin;
  cv::addWeighted(page.pixels, 1.0, fine, -1.0, kMarginCut, margin);
  return margin;
}

GrayImage cut_margin(const cv::Mat& margin, Dpi dpi) {
  GrayImage out;
  out.dpi = dpi;
  out.is_bilevel = true;
  if (!margin.empty()) cv::threshold(margin, out.pixels, kMarginCut - 1, 255, cv::THRESH_BINARY);
  return out;
}

GrayImage binarise(const GrayImage& page) {
  if (page.is_bilevel) return page;
  return cut_margin(ink_margin(page), page.dpi);
}

}  // namespace postkamer::deskew
