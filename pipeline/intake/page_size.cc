// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/intake/page_size.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include <fmt/format.h>

namespace postkamer::intake {
namespace {

constexpr double kLowestDpi = 50.0;
constexpr double kHighestDpi = 1200.0;
constexpr double kLargestDefaultPageMm = 600.0;  // A2's long side: 72 dpi beyond it is a default
constexpr double kSquareTolerance = 1.02;

struct Paper {
  std::string_view name;
  double short_mm;
  double long_mm;
};

constexpr std::array kPapers{Paper{"A4", 210.0, 297.0}, Paper{"A5", 148.0, 210.0},
                             Paper{"A3", 297.0, 420.0}, Paper{"Letter", 215.9, 279.4}};
constexpr std::array kScannerDpis{100.0, 150.0, 200.0, 240.0, 300.0, 400.0, 600.0};

// How far a picture is from being `paper` scanned at `dpi`: the larger relative error of both
// sides.
double misfit(const Paper& paper, double dpi, double short_px, double long_px) {
  const double scale = dpi / kMillimetresPerInch;
  return std::max(std::abs(short_px / (paper.short_mm * scale) - 1.0),
                  std::abs(long_px / (paper.long_mm * scale) - 1.0));
}

struct Guess {
  double dpi = 300.0;
  std::string evidence;
};

Guess guess_from_size(int width, int height) {
  const double short_px = std::min(width, height);
  const double long_px = std::max(width, height);
  double best = 0.06;  // over-scan and trimmed edges stay under this
  std::optional<Guess> found;
  for (const Paper& paper : kPapers) {
    for (const double dpi : kScannerDpis) {
      const double error = misfit(paper, dpi, short_px, long_px);
      if (error >= best) continue;
      best = error;
      found = Guess{dpi, fmt::format("{} at {} dpi", paper.name, dpi)};
    }
  }
  if (found) return *found;
  const double as_a4 = std::round(long_px / (297.0 / kMillimetresPerInch));
  if (as_a4 >= 70.0 && as_a4 <= kHighestDpi)
    return {as_a4, fmt::format("long side taken for A4's: {} dpi", as_a4)};
  return {300.0, "no paper size fits: 300 dpi"};
}

bool is_plausible(double dpi, int side_px) {
  if (!(dpi >= kLowestDpi && dpi <= kHighestDpi)) return false;
  const bool is_default = std::abs(dpi - 72.0) < 0.6 || std::abs(dpi - 96.0) < 0.6;
  return !is_default || side_px / dpi * kMillimetresPerInch <= kLargestDefaultPageMm;
}

}  // namespace

Result<void> check_page_size(std::uint64_t width, std::uint64_t height, const Limits& limits) {
  if (width == 0 || height == 0)
    return fail(
        ErrorCode::invalid_document, "scan_damaged",
        fmt::format("the picture states a size of {}x{} pixels; scan again", width, height));
  const std::uint64_t longest = std::max(width, height);
  if (longest > limits.side_pixels)
    return fail(
        ErrorCode::resource_limit, "limit_side_pixels",
        fmt::format("a side of {} pixels; limit side_pixels is {}; scan at a lower resolution",
                    longest, limits.side_pixels));
  if (width * height > limits.page_pixels)
    return fail(ErrorCode::resource_limit, "limit_page_pixels",
                fmt::format("{}x{} pixels; limit page_pixels is {}; scan at a lower resolution",
                            width, height, limits.page_pixels));
  const double ratio = static_cast<double>(longest) / static_cast<double>(std::min(width, height));
  if (ratio > limits.side_ratio)
    return fail(
        ErrorCode::resource_limit, "limit_side_ratio",
        fmt::format("{}x{} pixels; limit side_ratio is {}", width, height, limits.side_ratio));
  return {};
}

bool Resolution::is_square() const {
  const double ratio = x.value / y.value;
  return ratio < kSquareTolerance && ratio > 1.0 / kSquareTolerance;
}

Resolution resolve(const StatedResolution& stated, int width, int height) {
  Resolution resolution;
  if (is_plausible(stated.x, width) && is_plausible(stated.y, height)) {
    resolution.x = Dpi{stated.x};
    resolution.y = Dpi{stated.y};
    return resolution;
  }
  const Guess guess = guess_from_size(width, height);
  resolution.x = resolution.y = Dpi{guess.dpi};
  resolution.guessed = true;
  resolution.evidence = fmt::format("stated {:.0f}x{:.0f} dpi, {}x{} px; {}", stated.x, stated.y,
                                    width, height, guess.evidence);
  return resolution;
}

}  // namespace postkamer::intake
