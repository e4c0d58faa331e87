// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/model/geometry.h"

#include <algorithm>
#include <cmath>

namespace postkamer {

Rect intersection(const Rect& a, const Rect& b) {
  const double x = std::max(a.x, b.x);
  const double y = std::max(a.y, b.y);
  const double right = std::min(a.right(), b.right());
  const double bottom = std::min(a.bottom(), b.bottom());
  return {x, y, std::max(0.0, right - x), std::max(0.0, bottom - y)};
}

Rect united(const Rect& a, const Rect& b) {
  const double x = std::min(a.x, b.x);
  const double y = std::min(a.y, b.y);
  return {x, y, std::max(a.right(), b.right()) - x, std::max(a.bottom(), b.bottom()) - y};
}

Point Transform::apply(Point p) const {
  const double w = m[6] * p.x + m[7] * p.y + m[8];
  return {(m[0] * p.x + m[1] * p.y + m[2]) / w, (m[3] * p.x + m[4] * p.y + m[5]) / w};
}

Rect Transform::bounds(const Rect& r) const {
  const std::array corners{apply({r.x, r.y}), apply({r.right(), r.y}), apply({r.x, r.bottom()}),
                           apply({r.right(), r.bottom()})};
  const auto [left, right] = std::minmax({corners[0].x, corners[1].x, corners[2].x, corners[3].x});
  const auto [top, bottom] = std::minmax({corners[0].y, corners[1].y, corners[2].y, corners[3].y});
  return {left, top, right - left, bottom - top};
}

Transform Transform::scale(double sx, double sy) { return {{sx, 0, 0, 0, sy, 0, 0, 0, 1}}; }

Transform Transform::translation(double dx, double dy) { return {{1, 0, dx, 0, 1, dy, 0, 0, 1}}; }

Transform Transform::rotation(double radians) {
  const double c = std::cos(radians);
  const double s = std::sin(radians);
  return {{c, -s, 0, s, c, 0, 0, 0, 1}};
}

Transform then(const Transform& first, const Transform& second) {
  Transform product;
  for (std::size_t row = 0; row < 3; ++row)
    for (std::size_t column = 0; column < 3; ++column) {
      double sum = 0.0;
      for (std::size_t k = 0; k < 3; ++k) sum += second.m[3 * row + k] * first.m[3 * k + column];
      product.m[3 * row + column] = sum;
    }
  return product;
}

std::optional<Transform> inverse(const Transform& map) {
  const auto& a = map.m;
  const std::array<double, 9> adjugate{
      a[4] * a[8] - a[5] * a[7], a[2] * a[7] - a[1] * a[8], a[1] * a[5] - a[2] * a[4],
      a[5] * a[6] - a[3] * a[8], a[0] * a[8] - a[2] * a[6], a[2] * a[3] - a[0] * a[5],
      a[3] * a[7] - a[4] * a[6], a[1] * a[6] - a[0] * a[7], a[0] * a[4] - a[1] * a[3]};
  const double determinant = a[0] * adjugate[0] + a[1] * adjugate[3] + a[2] * adjugate[6];
  if (!std::isfinite(determinant) || std::abs(determinant) < 1e-12) return std::nullopt;
  Transform result;
  for (std::size_t i = 0; i < 9; ++i) result.m[i] = adjugate[i] / determinant;
  return result;
}

}  // namespace postkamer
