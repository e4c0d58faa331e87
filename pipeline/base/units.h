// SPDX-License-Identifier: EUPL-1.2
//
// Units as types. Angles are positive clockwise as seen on the page; adapters to libraries that
// count otherwise convert at their border.
#pragma once

#include <compare>
#include <numbers>

namespace postkamer {

struct Degrees {
  double value = 0.0;
  auto operator<=>(const Degrees&) const = default;
  [[nodiscard]] constexpr double radians() const { return value * std::numbers::pi / 180.0; }
};

// Dots per inch.
struct Dpi {
  double value = 0.0;
  auto operator<=>(const Dpi&) const = default;
};

inline constexpr double kMillimetresPerInch = 25.4;

// Pixels in one millimetre at this resolution.
constexpr double pixels_per_mm(Dpi dpi) { return dpi.value / kMillimetresPerInch; }

// A turn by a multiple of 90 degrees, clockwise.
enum class QuarterTurn {
  none = 0,
  right = 1,
  half = 2,
  left = 3
};

constexpr QuarterTurn operator+(QuarterTurn a, QuarterTurn b) {
  return static_cast<QuarterTurn>((static_cast<int>(a) + static_cast<int>(b)) % 4);
}

constexpr Degrees degrees_of(QuarterTurn turn) { return {90.0 * static_cast<int>(turn)}; }

}  // namespace postkamer
