// SPDX-License-Identifier: EUPL-1.2
//
// The coordinate law: origin top-left, x to the right, y down. Two spaces occur, and a name says
// which: `mm` on the form as printed, `px` on an image (pixel centres at half-integers are ignored:
// the differences are far below the registration error). A Transform's name reads from_to:
// `mm_to_px`, `original_to_upright`.
#pragma once

#include <array>
#include <optional>

namespace postkamer {

struct Point {
  double x = 0.0;
  double y = 0.0;
  bool operator==(const Point&) const = default;
};

struct Rect {
  double x = 0.0;
  double y = 0.0;
  double width = 0.0;
  double height = 0.0;
  bool operator==(const Rect&) const = default;

  [[nodiscard]] constexpr double right() const { return x + width; }
  [[nodiscard]] constexpr double bottom() const { return y + height; }
  [[nodiscard]] constexpr double area() const { return width * height; }
  [[nodiscard]] constexpr Point centre() const { return {x + width / 2, y + height / 2}; }
  [[nodiscard]] constexpr bool contains(Point p) const {
    return p.x >= x && p.x < right() && p.y >= y && p.y < bottom();
  }
};

// Grown (or, with a negative margin, shrunk) on all four sides.
constexpr Rect grown(const Rect& r, double margin) {
  return {r.x - margin, r.y - margin, r.width + 2 * margin, r.height + 2 * margin};
}

// The overlap of two rectangles; zero size where they do not meet.
Rect intersection(const Rect& a, const Rect& b);

// The smallest rectangle around both.
Rect united(const Rect& a, const Rect& b);

// A planar projective map, row-major, applied to (x, y, 1). Affine when the last row is 0 0 1.
struct Transform {
  std::array<double, 9> m{1, 0, 0, 0, 1, 0, 0, 0, 1};
  bool operator==(const Transform&) const = default;

  [[nodiscard]] Point apply(Point p) const;
  // The axis-aligned bounds of the four mapped corners.
  [[nodiscard]] Rect bounds(const Rect& r) const;

  static Transform identity() { return {}; }
  static Transform scale(double sx, double sy);
  static Transform translation(double dx, double dy);
  // Clockwise as seen on the page, about the origin.
  static Transform rotation(double radians);
};

// First `first`, then `second`.
Transform then(const Transform& first, const Transform& second);

// Nothing when the map is singular.
std::optional<Transform> inverse(const Transform& map);

}  // namespace postkamer
