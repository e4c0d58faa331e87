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
// Shares of the paper's brightness under which a pixel counts: ink within the first two, the pale
// rules of writing paper too under the third. Show-through of the other side lies above it.
constexpr double kLeastInkShare = 0.64;
constexpr double kMostInkShare = 0.88;
constexpr double kPaleShare = 0.90;

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
  return std::clamp(otsu(histogram) / 255.0 + 0.06, kLeastInkShare, kMostInkShare);
}

// Sixteen bits all along: what SSE2 can clamp eight at a time.
std::uint8_t margin_of(std::uint8_t pixel, std::uint16_t threshold) {
  const auto margin = static_cast<std::int16_t>(kMarginCut + pixel - threshold);
  return static_cast<std::uint8_t>(std::max<std::int16_t>(0, std::min<std::int16_t>(255, margin)));
}

// Two rows of thresholds, mixed, taken from a row of pixels.
struct MixedRows {
  const std::uint8_t* upper;
  const std::uint8_t* lower;
  std::uint16_t part;  // of the lower one, 256ths
};

void take_from(const std::uint8_t* pixels, MixedRows thresholds, std::uint8_t* out, int count) {
  const auto [upper, lower, part] = thresholds;
  const auto rest = static_cast<std::uint16_t>(256 - part);
  for (int x = 0; x < count; ++x)
    out[x] = margin_of(pixels[x],
                       static_cast<std::uint16_t>(upper[x] * rest + lower[x] * part + 128) >> 8);
}

// The page above a coarse grid of thresholds, interpolated between its points. Only the grid's few
// rows are widened by resampling; down the page two of them are blended in the pass that subtracts.
cv::Mat above_threshold(const cv::Mat& page, const cv::Mat& grid) {
  cv::Mat wide;
  cv::resize(grid, wide, {page.cols, grid.rows}, 0, 0, cv::INTER_LINEAR);
  cv::Mat margin(page.size(), CV_8UC1);
  for (int y = 0; y < page.rows; ++y) {
    const double at = std::clamp((y + 0.5) * grid.rows / page.rows - 0.5, 0.0, grid.rows - 1.0);
    const int row = static_cast<int>(at);
    const MixedRows thresholds{wide.ptr<std::uint8_t>(row),
                               wide.ptr<std::uint8_t>(std::min(row + 1, grid.rows - 1)),
                               static_cast<std::uint16_t>(std::lround((at - row) * 256.0))};
    take_from(page.ptr<std::uint8_t>(y), thresholds, margin.ptr<std::uint8_t>(y), page.cols);
  }
  return margin;
}

// The margin of a page whose ink lies under this share of the paper's brightness `level`.
cv::Mat margin_at(const GrayImage& page, const cv::Mat& level, double share) {
  cv::Mat threshold;
  level.convertTo(threshold, CV_8U, share);
  return above_threshold(page.pixels, threshold);
}

}  // namespace

cv::Mat ink_margin(const GrayImage& page) {
  if (page.is_bilevel || page.pixels.empty()) return page.pixels;
  const cv::Mat level = paper_level(page);
  return margin_at(page, level, ink_share(page, level));
}

GrayImage cut_margin(const cv::Mat& margin, Dpi dpi) {
  GrayImage out;
  out.dpi = dpi;
  out.is_bilevel = true;
  if (!margin.empty()) cv::threshold(margin, out.pixels, kMarginCut - 1, 255, cv::THRESH_BINARY);
  return out;
}

GrayImage with_pale_lines(const GrayImage& page) {
  if (page.is_bilevel || page.pixels.empty()) return page;
  return cut_margin(margin_at(page, paper_level(page), kPaleShare), page.dpi);
}

GrayImage binarise(const GrayImage& page) {
  if (page.is_bilevel) return page;
  return cut_margin(ink_margin(page), page.dpi);
}

}  // namespace postkamer::deskew
