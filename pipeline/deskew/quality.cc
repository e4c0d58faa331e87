// SPDX-License-Identifier: EUPL-1.2
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <string>
#include <vector>

#include <opencv2/imgproc.hpp>

#include "pipeline/deskew/deskew.h"

namespace postkamer::deskew {
namespace {

// Bounds for findings. Focus and contrast were set on simulated scans with a Gaussian blur of 3 px
// and with ink at 70 % of the paper's brightness: from there reading suffers.
constexpr double kLowDpi = 180.0;
constexpr double kPoorFocus = 0.35;
constexpr double kPoorContrast = 0.25;
constexpr double kMuchClipped = 0.97;
constexpr double kSharpStep = 0.4;  // share of an edge's height in its steepest pixel, sigma 1 px

struct Levels {
  double paper = 255.0;
  double ink = 0.0;
  double clipped = 0.0;  // share at 0 or 255
};

Levels measure_levels(const cv::Mat& pixels) {
  std::array<double, 256> histogram{};
  double total = 0.0;
  for (int y = 0; y < pixels.rows; y += 4) {
    const auto* row = pixels.ptr<std::uint8_t>(y);
    for (int x = 0; x < pixels.cols; x += 4) histogram[row[x]] += 1.0;
  }
  for (const double count : histogram) total += count;
  const auto quantile = [&](double share) {
    double sum = 0.0;
    for (std::size_t i = 0; i < 256; ++i)
      if ((sum += histogram[i]) >= share * total) return static_cast<double>(i);
    return 255.0;
  };
  // Half a percent of a sparsely filled form is ink; a black edge only makes the ink darker.
  return {quantile(0.75), quantile(0.005), (histogram[0] + histogram[255]) / std::max(1.0, total)};
}

// How much of an edge's height its steepest pixel takes, median over blocks that hold an edge.
double measure_focus(const cv::Mat& pixels, const Levels& levels) {
  constexpr int kBlock = 24;  // holds an edge of sigma 5 px from foot to top
  constexpr int kPace = 48;
  std::vector<double> steps;
  for (int y = 0; y + kBlock < pixels.rows; y += kPace)
    for (int x = 0; x + kBlock < pixels.cols; x += kPace) {
      int low = 255, high = 0, steepest = 0;
      for (int r = 0; r < kBlock; ++r) {
        const auto* row = pixels.ptr<std::uint8_t>(y + r) + x;
        const auto* next = pixels.ptr<std::uint8_t>(y + r + 1) + x;
        for (int c = 0; c < kBlock; ++c) {
          low = std::min<int>(low, row[c]);
          high = std::max<int>(high, row[c]);
          steepest =
              std::max({steepest, std::abs(row[c + 1] - row[c]), std::abs(next[c] - row[c])});
        }
      }
      if (high - low > 0.5 * (levels.paper - levels.ink) && high - low > 24)
        steps.push_back(static_cast<double>(steepest) / (high - low));
    }
  if (steps.size() < 20) return 1.0;  // nothing to be sharp or unsharp
  const auto middle = steps.begin() + static_cast<std::ptrdiff_t>(steps.size() / 2);
  std::nth_element(steps.begin(), middle, steps.end());
  return std::clamp(*middle / kSharpStep, 0.0, 1.0);
}

// Depth of the dark edge at every row, seen from the left of `dark` (255 = dark, joined to an
// edge).
std::vector<int> depths_from_left(const cv::Mat& dark) {
  std::vector<int> depths(static_cast<std::size_t>(dark.rows), 0);
  for (int y = 0; y < dark.rows; ++y) {
    const auto* row = dark.ptr<std::uint8_t>(y);
    while (depths[static_cast<std::size_t>(y)] < dark.cols &&
           row[depths[static_cast<std::size_t>(y)]] != 0)
      ++depths[static_cast<std::size_t>(y)];
  }
  return depths;
}

struct EdgeLine {
  double at_start = 0.0;
  double slope = 0.0;
};

// The paper's edge as a line through the middle 60 %, by Theil and Sen: a corner or a hole that is
// missing does not bend it.
EdgeLine fit_edge(const std::vector<int>& depths) {
  const std::size_t from = depths.size() / 5;
  const std::size_t to = depths.size() - from;
  const std::size_t half = (to - from) / 2;
  std::vector<double> slopes;
  for (std::size_t i = from; i + half < to; ++i)
    slopes.push_back(static_cast<double>(depths[i + half] - depths[i]) / static_cast<double>(half));
  if (slopes.empty()) return {};
  std::nth_element(slopes.begin(), slopes.begin() + static_cast<std::ptrdiff_t>(slopes.size() / 2),
                   slopes.end());
  EdgeLine line;
  line.slope = slopes[slopes.size() / 2];
  std::vector<double> starts;
  for (std::size_t i = from; i < to; ++i)
    starts.push_back(depths[i] - line.slope * static_cast<double>(i));
  std::nth_element(starts.begin(), starts.begin() + static_cast<std::ptrdiff_t>(starts.size() / 2),
                   starts.end());
  line.at_start = starts[starts.size() / 2];
  return line;
}

// Whether the upper left corner of the paper is gone: dark there, inside both of its edges.
// One cell of `dark` is a millimetre.
bool upper_left_missing(const cv::Mat& dark) {
  cv::Mat across;
  cv::transpose(dark, across);
  const EdgeLine left = fit_edge(depths_from_left(dark));
  const EdgeLine top = fit_edge(depths_from_left(across));
  constexpr int kReachMm = 25;
  constexpr int kSlackMm = 2;
  constexpr int kLeastMm2 = 40;
  int missing = 0;
  for (int y = 0; y < std::min(kReachMm, dark.rows); ++y)
    for (int x = 0; x < std::min(kReachMm, dark.cols); ++x)
      if (dark.at<std::uint8_t>(y, x) != 0 && x > left.at_start + left.slope * y + kSlackMm &&
          y > top.at_start + top.slope * x + kSlackMm)
        ++missing;
  return missing >= kLeastMm2;
}

// Corners that are torn off or folded, as far as a dark lid shows it.
int count_missing_corners(const GrayImage& page, const Levels& levels) {
  const double ppm = pixels_per_mm(page.dpi);
  const cv::Size grid{static_cast<int>(page.width() / ppm), static_cast<int>(page.height() / ppm)};
  if (grid.width < 60 || grid.height < 60) return 0;
  // Sixteen pixels a cell tell dark from light, at a tenth of the cost of all.
  cv::Mat dark;
  cv::resize(page.pixels, dark, grid * 4, 0, 0, cv::INTER_NEAREST);
  cv::resize(dark, dark, grid, 0, 0, cv::INTER_AREA);
  cv::threshold(dark, dark, (levels.paper + levels.ink) / 2.0 - 20.0, 255, cv::THRESH_BINARY_INV);
  cv::copyMakeBorder(dark, dark, 1, 1, 1, 1, cv::BORDER_CONSTANT, 255);
  cv::floodFill(dark, {0, 0}, 100);
  cv::compare(dark, 100, dark, cv::CMP_EQ);
  dark = dark(cv::Rect{1, 1, grid.width, grid.height}).clone();
  int missing = 0;
  for (int corner = 0; corner < 4; ++corner) {
    if (upper_left_missing(dark)) ++missing;
    cv::rotate(dark, dark, cv::ROTATE_90_CLOCKWISE);
  }
  return missing;
}

std::string numbered(const char* format, double value) {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), format, value);
  return text.data();
}

Findings findings_of(const PageQuality& quality) {
  Findings findings;
  const auto add = [&](const char* code, Severity severity, std::string evidence) {
    findings.push_back({code, "", 0, severity, std::move(evidence)});
  };
  if (quality.effective_dpi < kLowDpi)
    add("resolution_low", Severity::notice, numbered("%.0f dpi", quality.effective_dpi));
  if (quality.focus < kPoorFocus)
    add("focus_poor", Severity::notice, numbered("focus %.2f", quality.focus));
  if (quality.contrast < kPoorContrast)
    add("contrast_poor", Severity::notice, numbered("contrast %.2f", quality.contrast));
  if (quality.clipped_share > kMuchClipped)
    add("clipped", Severity::notice, numbered("share %.2f", quality.clipped_share));
  if (quality.missing_corners > 0)
    add("corner_missing", Severity::notice, numbered("corners %.0f", quality.missing_corners));
  return findings;
}

}  // namespace

QualityReport measure_quality(const GrayImage& page) {
  QualityReport report;
  PageQuality& quality = report.quality;
  quality.effective_dpi = page.dpi.value;
  quality.focus = 1.0;
  quality.contrast = 1.0;
  if (page.pixels.empty()) return report;
  Levels levels;
  if (!page.is_bilevel) {
    levels = measure_levels(page.pixels);
    quality.focus = measure_focus(page.pixels, levels);
    quality.contrast = std::max(0.0, (levels.paper - levels.ink) / 255.0);
    quality.clipped_share = levels.clipped;
  }
  quality.missing_corners = count_missing_corners(page, levels);
  report.findings = findings_of(quality);
  return report;
}

}  // namespace postkamer::deskew
