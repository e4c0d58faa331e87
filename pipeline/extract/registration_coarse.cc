// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/extract/registration_coarse.h"

#include <algorithm>
#include <cmath>

#include <opencv2/imgproc.hpp>

namespace postkamer::extract {
namespace {

// Holds an A4 either way up, grown by deskewing, with room for shifts. 2^7 * 3.
constexpr int kGrid = 384;

// Solid bars must not drown the text, and a shift of the stretch's size must not ruin the fit.
cv::Mat softened(const cv::Mat& coarse) {
  cv::Mat out;
  cv::sqrt(coarse, out);
  cv::GaussianBlur(out, out, {0, 0}, 1.2);
  out -= cv::mean(out);
  return out;
}

cv::Mat padded(const cv::Mat& map) {
  cv::Mat grid = cv::Mat::zeros(kGrid, kGrid, CV_32F);
  const cv::Rect part{0, 0, std::min(kGrid, map.cols), std::min(kGrid, map.rows)};
  map(part).copyTo(grid(part));
  return grid;
}

cv::Mat spectrum_of(const cv::Mat& grid, int rows) {
  cv::Mat spectrum;
  cv::dft(grid, spectrum, 0, std::min(rows, kGrid));
  return spectrum;
}

std::vector<float> profile(const cv::Mat& map, int dimension) {
  cv::Mat sums;
  cv::Mat soft;
  cv::sqrt(map, soft);
  cv::reduce(soft, sums, dimension, cv::REDUCE_AVG, CV_32F);
  return {sums.begin<float>(), sums.end<float>()};
}

// Normalised correlation of two profiles over the shifts at which the blank lies on the page, give
// or take some millimetres.
double best_fit(const std::vector<float>& page, const std::vector<float>& blank) {
  constexpr int kSlack = 12;
  const int page_size = static_cast<int>(page.size());
  const int size = static_cast<int>(blank.size());
  const int first = std::min(0, page_size - size) - kSlack;
  const int last = std::max(0, page_size - size) + kSlack;
  double best = -1.0;
  for (int shift = first; shift <= last; ++shift) {
    const int from = std::max(0, -shift);
    const int to = std::min(size, page_size - shift);
    if (to - from < size / 2) continue;
    float sp = 0, sb = 0, pp = 0, bb = 0, pb = 0;
    const float* b = blank.data() + from;
    const float* p = page.data() + from + shift;
    const int count = to - from;
    for (int i = 0; i < count; ++i) {
      sp += p[i];
      sb += b[i];
      pp += p[i] * p[i];
      bb += b[i] * b[i];
      pb += p[i] * b[i];
    }
    const double n = count;
    const double cov = pb - sp * sb / n;
    const double var = (pp - sp * sp / n) * (bb - sb * sb / n);
    if (var > 1e-9) best = std::max(best, cov / std::sqrt(var) * count / size);
  }
  return best;
}

cv::Mat turned_map(const cv::Mat& map, QuarterTurn turn) {
  cv::Mat out;
  switch (turn) {
    case QuarterTurn::none: return map;
    case QuarterTurn::right: cv::rotate(map, out, cv::ROTATE_90_CLOCKWISE); break;
    case QuarterTurn::half: cv::rotate(map, out, cv::ROTATE_180); break;
    case QuarterTurn::left: cv::rotate(map, out, cv::ROTATE_90_COUNTERCLOCKWISE); break;
  }
  return out;
}

// The shift of a peak, negative ones wrapped around, with a parabola for the fraction.
double shift_at(const cv::Mat& surface, cv::Point peak, bool down) {
  const auto value = [&](int offset) {
    const int x = down ? peak.x : (peak.x + offset + kGrid) % kGrid;
    const int y = down ? (peak.y + offset + kGrid) % kGrid : peak.y;
    return static_cast<double>(surface.at<float>(y, x));
  };
  const double before = value(-1);
  const double after = value(1);
  const double curve = before + after - 2.0 * value(0);
  const double fraction = curve < 0.0 ? 0.5 * (before - after) / curve : 0.0;
  const int whole = down ? peak.y : peak.x;
  return (whole > kGrid / 2 + 60 ? whole - kGrid : whole) + std::clamp(fraction, -0.5, 0.5);
}

}  // namespace

CoarseBlank make_coarse_blank(const PreparedBlank& blank) {
  CoarseBlank out;
  out.width_mm = blank.width_mm;
  out.height_mm = blank.height_mm;
  if (blank.coarse.empty()) return out;
  const cv::Mat soft = softened(blank.coarse);
  out.energy = cv::norm(soft, cv::NORM_L2);
  out.spectrum = spectrum_of(padded(soft), soft.rows);
  out.rows = profile(blank.coarse, 1);
  out.columns = profile(blank.coarse, 0);
  return out;
}

CoarsePage::CoarsePage(const PageLevels& levels) : levels_(levels) {
  std::vector<float> rows = profile(levels.coarse, 1);
  std::vector<float> columns = profile(levels.coarse, 0);
  const std::vector<float> rows_back(rows.rbegin(), rows.rend());
  const std::vector<float> columns_back(columns.rbegin(), columns.rend());
  rows_ = {rows, columns, rows_back, columns_back};
  columns_ = {columns, rows_back, columns_back, rows};
}

double CoarsePage::profile_score(const CoarseBlank& blank, QuarterTurn turn) const {
  const auto index = static_cast<std::size_t>(turn);
  if (blank.rows.empty()) return -1.0;
  return best_fit(rows_[index], blank.rows) + 0.5 * best_fit(columns_[index], blank.columns);
}

const CoarsePage::Turned& CoarsePage::turned(QuarterTurn turn, double scale) {
  Turned& entry = turned_[static_cast<std::size_t>(turn)];
  if (entry.scale == scale) return entry;
  cv::Mat map = levels_.coarse;
  if (scale != 1.0) cv::resize(map, map, {}, 1.0 / scale, 1.0 / scale, cv::INTER_AREA);
  const cv::Mat soft = softened(turned_map(map, turn));
  entry.scale = scale;
  entry.energy = cv::norm(soft, cv::NORM_L2);
  entry.spectrum = spectrum_of(padded(soft), soft.rows);
  return entry;
}

CoarseMatch CoarsePage::correlate(const CoarseBlank& blank, QuarterTurn turn, double scale) {
  CoarseMatch match;
  match.turn = turn;
  const Turned& page = turned(turn, scale);
  if (blank.energy <= 0.0 || page.energy <= 0.0) return match;
  cv::Mat surface;
  cv::mulSpectrums(page.spectrum, blank.spectrum, surface, 0, true);
  cv::dft(surface, surface, cv::DFT_INVERSE | cv::DFT_REAL_OUTPUT | cv::DFT_SCALE);
  double top = 0.0;
  cv::Point peak;
  cv::minMaxLoc(surface, nullptr, &top, nullptr, &peak);
  match.score = top / (blank.energy * page.energy);
  const double dx = shift_at(surface, peak, false);
  const double dy = shift_at(surface, peak, true);
  // mm -> turned coarse px -> coarse px of the page as it lies -> px of the page.
  const Transform mm_to_turned = then(Transform::translation(dx, dy),
                                      Transform::scale(scale * kCoarsePpm, scale * kCoarsePpm));
  const auto back = inverse(quarter_turn_map(levels_.coarse.cols, levels_.coarse.rows, turn));
  const auto to_upright = inverse(levels_.upright_to_coarse);
  match.mm_to_upright = then(then(mm_to_turned, *back), *to_upright);
  return match;
}

}  // namespace postkamer::extract
