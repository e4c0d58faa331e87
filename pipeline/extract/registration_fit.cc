// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/extract/registration_fit.h"

#include <algorithm>
#include <cmath>

#include <opencv2/core.hpp>

namespace postkamer::extract {
namespace {

constexpr double kMostDistortion = 0.08;
constexpr double kLeastBaseMm = 25.0;  // two points nearer to each other say nothing of a rotation
constexpr std::size_t kProjectivePairs = 20;

double squared_distance(const Transform& map, const PointPair& pair) {
  const Point at = map.apply(pair.from);
  const double x = at.x - pair.to.x;
  const double y = at.y - pair.to.y;
  return x * x + y * y;
}

double distance(const Transform& map, const PointPair& pair) {
  return std::sqrt(squared_distance(map, pair));
}

// The similarity that takes two points onto two others, as complex numbers.
std::optional<Transform> similarity(const PointPair& a, const PointPair& b) {
  const double fx = b.from.x - a.from.x;
  const double fy = b.from.y - a.from.y;
  const double length = fx * fx + fy * fy;
  if (length < kLeastBaseMm * kLeastBaseMm) return std::nullopt;
  const double tx = b.to.x - a.to.x;
  const double ty = b.to.y - a.to.y;
  const double c = (fx * tx + fy * ty) / length;
  const double s = (fx * ty - fy * tx) / length;
  if (std::abs(std::hypot(c, s) - 1.0) > kMostDistortion || std::abs(s) > kMostDistortion)
    return std::nullopt;
  return Transform{{c, -s, a.to.x - c * a.from.x + s * a.from.y, s, c,
                    a.to.y - s * a.from.x - c * a.from.y, 0, 0, 1}};
}

double total_weight(const std::vector<PointPair>& pairs) {
  double sum = 0.0;
  for (const PointPair& pair : pairs) sum += pair.weight;
  return sum;
}

// How much of `total`, the weight of all pairs, agrees with the map; gives up with 0 once that
// cannot be more than `least`, as for most of the maps that are tried.
double support(const Transform& map, const std::vector<PointPair>& pairs, double tolerance,
               double total, double least) {
  double agreeing = total;
  for (const PointPair& pair : pairs) {
    const double share = squared_distance(map, pair) / (tolerance * tolerance);
    agreeing -= pair.weight * std::min(share, 1.0);
    if (agreeing <= least) return 0.0;
  }
  return agreeing;
}

std::optional<Transform> best_similarity(const std::vector<PointPair>& pairs, double tolerance) {
  std::optional<Transform> best;
  const double total = total_weight(pairs);
  // Rounding may leave a little where nothing agrees.
  double most = 1e-9 * total;
  for (std::size_t i = 0; i < pairs.size(); ++i)
    for (std::size_t j = i + 1; j < pairs.size(); ++j) {
      const auto map = similarity(pairs[i], pairs[j]);
      if (!map) continue;
      const double now = support(*map, pairs, tolerance, total, most);
      if (now > most) {
        most = now;
        best = map;
      }
    }
  return best;
}

// Coordinates about 1 in size keep the normal equations sound.
constexpr double kUnit = 100.0;

// Least squares, weights falling to zero at the tolerance (Tukey's biweight about `around`).
std::optional<Transform> least_squares(const std::vector<PointPair>& pairs, const Transform& around,
                                       double tolerance, bool projective) {
  const int unknowns = projective ? 8 : 6;
  cv::Mat normal = cv::Mat::zeros(unknowns, unknowns, CV_64F);
  cv::Mat right = cv::Mat::zeros(unknowns, 1, CV_64F);
  for (const PointPair& pair : pairs) {
    const double share = distance(around, pair) / tolerance;
    if (share >= 1.0) continue;
    const double weight = pair.weight * (1.0 - share * share) * (1.0 - share * share);
    const double x = pair.from.x / kUnit;
    const double y = pair.from.y / kUnit;
    const double u = pair.to.x / kUnit;
    const double v = pair.to.y / kUnit;
    const std::array<std::array<double, 8>, 2> rows{
        {{x, y, 1, 0, 0, 0, -x * u, -y * u}, {0, 0, 0, x, y, 1, -x * v, -y * v}}};
    const std::array<double, 2> values{u, v};
    for (std::size_t r = 0; r < 2; ++r)
      for (int i = 0; i < unknowns; ++i) {
        const double factor = weight * rows[r][static_cast<std::size_t>(i)];
        right.at<double>(i) += factor * values[r];
        for (int j = 0; j < unknowns; ++j)
          normal.at<double>(i, j) += factor * rows[r][static_cast<std::size_t>(j)];
      }
  }
  cv::Mat solved;
  if (!cv::solve(normal, right, solved, cv::DECOMP_CHOLESKY)) return std::nullopt;
  const auto value = [&](int i) { return solved.at<double>(i); };
  Transform map{
      {value(0), value(1), value(2) * kUnit, value(3), value(4), value(5) * kUnit, 0, 0, 1}};
  if (projective) {
    map.m[6] = value(6) / kUnit;
    map.m[7] = value(7) / kUnit;
  }
  return map;
}

bool plausible(const Transform& map) {
  return std::abs(map.m[0] - 1.0) < kMostDistortion && std::abs(map.m[4] - 1.0) < kMostDistortion &&
         std::abs(map.m[1]) < kMostDistortion && std::abs(map.m[3]) < kMostDistortion &&
         std::abs(map.m[6]) < 5e-4 && std::abs(map.m[7]) < 5e-4;
}

// Enough pairs, and some in each quarter of their bounds: else a projective map runs wild outside.
bool bears_projective(const std::vector<PointPair>& pairs) {
  if (pairs.size() < kProjectivePairs) return false;
  Rect bounds{pairs[0].from.x, pairs[0].from.y, 0, 0};
  for (const PointPair& pair : pairs) bounds = united(bounds, {pair.from.x, pair.from.y, 0, 0});
  if (bounds.width < 100.0 || bounds.height < 120.0) return false;
  std::array<int, 4> quarters{};
  for (const PointPair& pair : pairs)
    ++quarters[(pair.from.x > bounds.centre().x ? 1U : 0U) +
               (pair.from.y > bounds.centre().y ? 2U : 0U)];
  return *std::min_element(quarters.begin(), quarters.end()) >= 3;
}

std::vector<PointPair> agreeing(const Transform& map, const std::vector<PointPair>& pairs,
                                double tolerance) {
  std::vector<PointPair> agreed;
  for (const PointPair& pair : pairs)
    if (distance(map, pair) < tolerance) agreed.push_back(pair);
  return agreed;
}

double median_distance(const Transform& map, const std::vector<PointPair>& pairs) {
  std::vector<double> distances;
  for (const PointPair& pair : pairs) distances.push_back(distance(map, pair));
  const auto middle = distances.begin() + static_cast<std::ptrdiff_t>(distances.size() / 2);
  std::nth_element(distances.begin(), middle, distances.end());
  return *middle;
}

// Replaces an affine fit by a projective one that at least as many pairs agree with. Starts wide:
// what perspective bends away most, the corners, lies outside the affine map's tolerance.
void make_projective(Fit& fit, const std::vector<PointPair>& pairs, double tolerance) {
  if (!bears_projective(agreeing(fit.map, pairs, 2.5 * tolerance))) return;
  Transform map = fit.map;
  for (const double wide : {2.5, 1.6, 1.0}) {
    const auto better = least_squares(pairs, map, wide * tolerance, true);
    if (!better || !plausible(*better)) return;
    map = *better;
  }
  const auto agreed = agreeing(map, pairs, tolerance);
  if (agreed.size() < fit.agreed.size() || !bears_projective(agreed)) return;
  if (agreed.size() == fit.agreed.size() &&
      median_distance(map, agreed) >= median_distance(fit.map, fit.agreed))
    return;
  fit.map = map;
  fit.agreed = agreed;
}

}  // namespace

std::optional<Fit> fit_robust(const std::vector<PointPair>& pairs, const FitOptions& options) {
  const auto start = best_similarity(pairs, options.tolerance_mm);
  if (!start) return std::nullopt;
  Fit fit;
  fit.map = *start;
  const auto enough = [&] { return fit.agreed.size() >= options.least_pairs; };
  // The similarity sees no shear or stretch, so its circle is wider.
  fit.agreed = agreeing(fit.map, pairs, 2.0 * options.tolerance_mm);
  if (!enough()) return std::nullopt;
  for (const double wide : {2.0, 1.5, 1.0}) {
    const auto better = least_squares(pairs, fit.map, wide * options.tolerance_mm, false);
    if (!better || !plausible(*better)) return std::nullopt;
    fit.map = *better;
  }
  fit.agreed = agreeing(fit.map, pairs, options.tolerance_mm);
  if (!enough()) return std::nullopt;
  if (options.projective) make_projective(fit, pairs, options.tolerance_mm);
  fit.residual_mm = median_distance(fit.map, fit.agreed);
  return fit;
}

}  // namespace postkamer::extract
