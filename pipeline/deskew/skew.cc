// SPDX-License-Identifier: EUPL-1.2
//
// Projection profiles of baseline points: W. Postl, "Detection of linear oblique structures and
// skew scan in digitized documents" (ICPR 1986), on the fiducials of H. S. Baird, "The skew angle
// of printed documents" (SPSE 1987): only the lower edges of ink count, so strokes, combs' uprights
// and dust hardly do. Done for rows and for columns, because a quarter-turned page has no rows.
#include <algorithm>
#include <cmath>
#include <vector>

#include <opencv2/imgproc.hpp>

#include "pipeline/deskew/deskew.h"

namespace postkamer::deskew {
namespace {

constexpr double kWorkDpi = 150.0;
constexpr double kCoarseStep = 0.25;  // degrees
constexpr std::size_t kCoarsePoints = 12'000;
constexpr std::size_t kFinePoints = 60'000;
constexpr std::size_t kMinPoints = 250;  // about 4 cm of baseline: less is a hair, not a text
constexpr double kSureRows = 0.4;        // then columns are not asked
constexpr double kMinLines = 4.0;        // edges that must agree before the angle is believed

struct EdgePoint {
  float along = 0.0F;   // px
  float across = 0.0F;  // px, in the direction in which lines follow each other
};

constexpr int kInkBelow = 128;  // of the working picture: 0 = ink

// The page at kWorkDpi, without what hangs together with the picture's edge: the scanner's lid lies
// straight whatever the paper does.
cv::Mat working_page(const GrayImage& page) {
  // Whole factors only: a fractional one treats rows unequally, which looks like zero degrees.
  const int factor = std::max(1, static_cast<int>(std::lround(page.dpi.value / kWorkDpi)));
  const cv::Rect whole{0, 0, page.width() / factor * factor, page.height() / factor * factor};
  cv::Mat work;
  cv::resize(page.pixels(whole), work, whole.size() / factor, 0, 0, cv::INTER_AREA);
  const int cell = 6;
  cv::Mat dark;
  cv::resize(work, dark, {std::max(1, work.cols / cell), std::max(1, work.rows / cell)}, 0, 0,
             cv::INTER_AREA);
  cv::threshold(dark, dark, 55, 255, cv::THRESH_BINARY_INV);
  cv::copyMakeBorder(dark, dark, 1, 1, 1, 1, cv::BORDER_CONSTANT, 255);
  cv::floodFill(dark, {0, 0}, 100);
  cv::compare(dark, 100, dark, cv::CMP_EQ);
  cv::dilate(dark, dark, cv::getStructuringElement(cv::MORPH_RECT, {5, 5}));
  cv::Mat mask;
  cv::resize(dark(cv::Rect{1, 1, dark.cols - 2, dark.rows - 2}), mask, work.size(), 0, 0,
             cv::INTER_NEAREST);
  cv::bitwise_or(work, mask, work);  // a copy where resize gave none: never the caller's pixels
  return work;
}

// Flat lower edges: two ink pixels side by side with paper under both. Where between the two rows
// the edge lies is read from the gray that shrinking left.
std::vector<EdgePoint> lower_edges(const cv::Mat& work) {
  std::vector<EdgePoint> points;
  for (int y = 0; y + 1 < work.rows; ++y) {
    const auto* row = work.ptr<std::uint8_t>(y);
    const auto* under = work.ptr<std::uint8_t>(y + 1);
    for (int x = 0; x + 1 < work.cols; ++x) {
      if (row[x] >= kInkBelow || row[x + 1] >= kInkBelow || under[x] < kInkBelow ||
          under[x + 1] < kInkBelow)
        continue;
      const auto above = static_cast<float>(row[x] + row[x + 1]);
      const auto below = static_cast<float>(under[x] + under[x + 1]);
      const float share = (2.0F * kInkBelow - above) / (below - above);
      points.push_back({static_cast<float>(x), static_cast<float>(y) + share});
    }
  }
  return points;
}

class Profile {
 public:
  Profile(std::vector<EdgePoint> points, double length, double max_degrees)
      : points_(std::move(points)),
        coarse_stride_(points_.size() / kCoarsePoints + 1),
        fine_stride_(points_.size() / kFinePoints + 1),
        margin_(length * std::tan(max_degrees * std::numbers::pi / 180.0) + 4.0) {
    double extent = 0.0;
    for (const auto& p : points_) extent = std::max(extent, static_cast<double>(p.across));
    extent_ = extent;
  }

  // Postl's measure at one angle, on bins of one pixel (or two: `coarse`). Neighbouring bins are
  // added first: edges lie on whole pixels, and single bins would favour exactly zero degrees.
  double score(double degrees, bool coarse) {
    fill(degrees, coarse ? 2.0 : 1.0, coarse ? coarse_stride_ : fine_stride_);
    double sum = 0.0;
    for (std::size_t i = 0; i + 2 < bins_.size(); ++i) {
      const double step = bins_[i + 2] - bins_[i];
      sum += step * step;
    }
    return sum;
  }

  // How many edges carry the score at an angle: the participation ratio of its terms.
  double lines(double degrees) {
    fill(degrees, 1.0, fine_stride_);
    double sum = 0.0;
    double squares = 0.0;
    for (std::size_t i = 0; i + 2 < bins_.size(); ++i) {
      const double step = bins_[i + 2] - bins_[i];
      sum += step * step;
      squares += step * step * step * step;
    }
    return squares > 0.0 ? sum * sum / squares : 0.0;
  }

 private:
  void fill(double degrees, double bin, std::size_t stride) {
    const auto slope = static_cast<float>(std::tan(degrees * std::numbers::pi / 180.0) / bin);
    const auto scale = static_cast<float>(1.0 / bin);
    const auto offset = static_cast<float>(margin_ / bin);
    bins_.assign(static_cast<std::size_t>((extent_ + 2.0 * margin_) / bin) + 4, 0.0F);
    for (std::size_t i = 0; i < points_.size(); i += stride) {
      const float place = points_[i].across * scale - points_[i].along * slope + offset;
      bins_[static_cast<std::size_t>(place)] += 1.0F;
    }
  }

  std::vector<EdgePoint> points_;
  std::vector<float> bins_;
  std::size_t coarse_stride_;
  std::size_t fine_stride_;
  double margin_;
  double extent_ = 0.0;
};

double median_of(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

// The top of the score near `start`, in ever finer steps and finished with a parabola.
double refine(Profile& profile, double start) {
  double best = start;
  for (const double step : {0.08, 0.03}) {
    const double centre = best;
    double top = -1.0;
    for (int i = -3; i <= 3; ++i) {
      const double score = profile.score(centre + i * step, false);
      if (score > top) {
        top = score;
        best = centre + i * step;
      }
    }
  }
  // Least squares over seven samples: the top of a noisy curve is flatter than its shoulders tell.
  constexpr double kStep = 0.02;
  double s2 = 0.0, s4 = 0.0, y0 = 0.0, y1 = 0.0, y2 = 0.0;
  for (int i = -3; i <= 3; ++i) {
    const double score = profile.score(best + i * kStep, false);
    const double square = static_cast<double>(i) * i;
    s2 += square;
    s4 += square * square;
    y0 += score;
    y1 += i * score;
    y2 += square * score;
  }
  const double slope = y1 / s2;
  const double curve = (y2 - s2 * y0 / 7.0) / (s4 - s2 * s2 / 7.0);
  if (curve >= 0.0) return best;
  return best + std::clamp(-slope / (2.0 * curve), -3.0, 3.0) * kStep;
}

SkewEstimate estimate_along(std::vector<EdgePoint> points, double length, double limit) {
  if (points.size() < kMinPoints) return {};
  Profile profile(std::move(points), length, limit + 0.5);
  std::vector<double> scores;
  double best = 0.0;
  double top = -1.0;
  for (double angle = -limit; angle <= limit + 1e-9; angle += kCoarseStep) {
    scores.push_back(profile.score(angle, true));
    if (scores.back() > top) {
      top = scores.back();
      best = angle;
    }
  }
  const double median = median_of(scores);
  std::vector<double> spread;
  for (const double score : scores) spread.push_back(std::abs(score - median));
  const double sigma = 1.4826 * median_of(spread);
  // Noise has a flat curve: its highest of a hundred samples stays below four sigma.
  const double prominence = std::clamp(1.0 - (median + 4.0 * sigma) / top, 0.0, 1.0);
  if (prominence <= 0.0) return {};
  SkewEstimate estimate;
  estimate.angle = {std::clamp(refine(profile, best), -limit, limit)};
  // A peak at the end of the range may be the foot of a higher one outside.
  if (std::abs(estimate.angle.value) >= limit) return estimate;
  const double lines = profile.lines(estimate.angle.value);
  estimate.confidence = prominence * std::min(1.0, lines / kMinLines);
  return estimate;
}

}  // namespace

SkewEstimate estimate_skew(const GrayImage& bilevel, Degrees max_skew) {
  if (bilevel.width() < 32 || bilevel.height() < 32) return {};
  const double limit = std::clamp(max_skew.value, 0.5, 45.0);
  const cv::Mat work = working_page(bilevel);
  const SkewEstimate rows = estimate_along(lower_edges(work), work.cols, limit);
  if (rows.confidence >= kSureRows) return rows;
  cv::Mat columns_work;
  cv::transpose(work, columns_work);
  SkewEstimate columns = estimate_along(lower_edges(columns_work), work.rows, limit);
  columns.angle.value = -columns.angle.value;  // transposing mirrors the sense of rotation
  return columns.confidence > rows.confidence ? columns : rows;
}

}  // namespace postkamer::deskew
