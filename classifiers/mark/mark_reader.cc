// SPDX-License-Identifier: EUPL-1.2
#include "classifiers/mark/mark_reader.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <opencv2/imgproc.hpp>

namespace postkamer::mark {
namespace {

// Ink this close to the frame may be the frame's own.
constexpr double kFrameMm = 0.25;
// The band outside the frame that a blot covers and the arms of a cross only pass through.
constexpr double kRingFromMm = 0.25;
constexpr double kRingToMm = 0.75;
// A stroke is at home in the box when at least this share of it lies within; the arm of a
// neighbour's cross is not.
constexpr double kHomeShare = 0.3;
constexpr double kHomeMarginMm = 0.5;
// Dust, square mm.
constexpr double kDustMm2 = 0.02;

// log-odds = intercept + slope * measure.
struct Logistic {
  double intercept = 0.0;
  double slope = 0.0;
  [[nodiscard]] double at(double x) const {
    return 1.0 / (1.0 + std::exp(-(intercept + slope * x)));
  }
};

// Marked rather than empty, on log10(inside_mm2 + 0.02).
constexpr Logistic kMarked{5.04, 9.18};
// Blotted rather than marked, on ring_share.
constexpr Logistic kBlotted{-10.15, 21.06};

cv::Rect pixels_of(const Rect& r, const cv::Size& size) {
  const int x0 = static_cast<int>(std::lround(r.x));
  const int y0 = static_cast<int>(std::lround(r.y));
  const int x1 = static_cast<int>(std::lround(r.right()));
  const int y1 = static_cast<int>(std::lround(r.bottom()));
  return cv::Rect(x0, y0, std::max(0, x1 - x0), std::max(0, y1 - y0)) & cv::Rect({0, 0}, size);
}

// Only the strokes that are at home in the box.
cv::Mat at_home(const cv::Mat& ink, const cv::Rect& home, double dust_px) {
  cv::Mat labels;
  cv::Mat stats;
  cv::Mat centres;
  const int count = cv::connectedComponentsWithStats(ink, labels, stats, centres, 8, CV_32S);
  std::vector<int> inside(static_cast<std::size_t>(count), 0);
  for (int y = home.y; y < home.br().y; ++y)
    for (int x = home.x; x < home.br().x; ++x)
      ++inside[static_cast<std::size_t>(labels.at<int>(y, x))];
  cv::Mat kept = cv::Mat::zeros(ink.size(), CV_8U);
  for (int y = 0; y < ink.rows; ++y) {
    for (int x = 0; x < ink.cols; ++x) {
      const int label = labels.at<int>(y, x);
      if (label == 0) continue;
      const int area = stats.at<int>(label, cv::CC_STAT_AREA);
      if (area >= dust_px && inside[static_cast<std::size_t>(label)] >= kHomeShare * area)
        kept.at<std::uint8_t>(y, x) = 255;
    }
  }
  return kept;
}

// Strokes that a line across `ink` meets, the mean of the lines that meet any: a cross has two at
// most wherever it is cut, what is struck through has many one way.
double crossings_of(const cv::Mat& ink) {
  int strokes = 0;
  int lines = 0;
  for (int y = 0; y < ink.rows; ++y) {
    int met = 0;
    for (int x = 0; x < ink.cols; ++x)
      met += ink.at<std::uint8_t>(y, x) != 0 && (x == 0 || ink.at<std::uint8_t>(y, x - 1) == 0);
    strokes += met;
    lines += met > 0 ? 1 : 0;
  }
  return lines == 0 ? 0.0 : static_cast<double>(strokes) / lines;
}

}  // namespace

MarkFeatures features_of(const GrayImage& added, const Rect& box) {
  const double scale = pixels_per_mm(added.dpi);
  const cv::Mat ink = added.pixels < 128;
  const cv::Rect home = pixels_of(grown(box, kHomeMarginMm * scale), ink.size());
  const cv::Mat kept = at_home(ink, home, kDustMm2 * scale * scale);
  MarkFeatures features;
  const cv::Rect inner = pixels_of(grown(box, -kFrameMm * scale), ink.size());
  if (inner.area() > 0) {
    const double inked = cv::countNonZero(kept(inner));
    features.inside_mm2 = inked / (scale * scale);
    features.coverage = inked / inner.area();
    features.crossings = std::max(crossings_of(kept(inner)), crossings_of(kept(inner).t()));
  }
  const cv::Rect outer = pixels_of(grown(box, kRingToMm * scale), ink.size());
  const cv::Rect gap = pixels_of(grown(box, kRingFromMm * scale), ink.size());
  const int ring = outer.area() - gap.area();
  if (ring > 0)
    features.ring_share =
        static_cast<double>(cv::countNonZero(kept(outer)) - cv::countNonZero(kept(gap))) / ring;
  return features;
}

extract::MarkReading LogisticMarkReader::read(const GrayImage& added, const Rect& box) const {
  using extract::MarkState;
  const MarkFeatures features = features_of(added, box);
  const double inked = kMarked.at(std::log10(features.inside_mm2 + 0.02));
  const double blotted = kBlotted.at(features.ring_share);
  // A blot may have lost its middle on a bilevel scan, so it is asked for first.
  const double p_blotted = blotted * std::max(inked, features.ring_share);
  const double p_marked = inked * (1.0 - blotted);
  const double p_empty = std::max(0.0, 1.0 - p_blotted - p_marked);
  if (p_marked >= p_empty && p_marked >= p_blotted)
    return {MarkState::marked, p_marked, features.coverage, features.crossings};
  if (p_blotted > p_empty)
    return {MarkState::crossed_out, p_blotted, features.coverage, features.crossings};
  return {MarkState::empty, p_empty, features.coverage, features.crossings};
}

}  // namespace postkamer::mark
