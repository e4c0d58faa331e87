// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/extract/registration_fit.h"

#include <cmath>
#include <random>

#include <gtest/gtest.h>

namespace postkamer::extract {
namespace {

// A grid of pairs under `map`, the first `wrong` of them thrown about.
std::vector<PointPair> grid(const Transform& map, int wrong, double noise_mm = 0.0) {
  std::vector<PointPair> pairs;
  std::mt19937 random(5);
  const auto unit = [&random] { return static_cast<double>(random() % 2001U) / 1000.0 - 1.0; };
  for (int y = 0; y < 8; ++y)
    for (int x = 0; x < 6; ++x) {
      const Point from{15.0 + 36.0 * x, 20.0 + 36.0 * y};
      Point to = map.apply(from);
      to.x += noise_mm * unit();
      to.y += noise_mm * unit();
      pairs.push_back({from, to});
    }
  for (int i = 0; i < wrong; ++i) {
    auto& pair = pairs[static_cast<std::size_t>(i) * 7 % pairs.size()];
    pair.to = {pair.from.x + 3.0 * unit(), pair.from.y + 3.0 * unit()};
  }
  return pairs;
}

double error_at(const Transform& found, const Transform& truth, Point p) {
  const Point a = found.apply(p);
  const Point b = truth.apply(p);
  return std::hypot(a.x - b.x, a.y - b.y);
}

const Transform kAffine{{1.01, 0.004, -1.2, -0.006, 0.995, 0.8, 0, 0, 1}};
const Transform kProjective{{1.01, 0.004, -1.2, -0.006, 0.995, 0.8, 6e-5, -4e-5, 1}};

TEST(FitRobust, finds_an_affine_map_among_wrong_pairs) {
  const auto fit = fit_robust(grid(kAffine, 20, 0.03), {0.4, 6, false});
  ASSERT_TRUE(fit.has_value());
  EXPECT_LT(error_at(fit->map, kAffine, {10, 10}), 0.06);
  EXPECT_LT(error_at(fit->map, kAffine, {200, 287}), 0.06);
  EXPECT_LT(fit->residual_mm, 0.05);
}

TEST(FitRobust, finds_perspective_only_when_it_is_allowed) {
  const auto pairs = grid(kProjective, 6, 0.02);
  const auto with = fit_robust(pairs, {0.4, 6, true});
  const auto without = fit_robust(pairs, {0.4, 6, false});
  ASSERT_TRUE(with && without);
  EXPECT_LT(error_at(with->map, kProjective, {200, 287}), 0.1);
  EXPECT_GT(error_at(without->map, kProjective, {200, 287}), 0.2);
  EXPECT_EQ(without->map.m[6], 0.0);
}

TEST(FitRobust, does_not_make_up_perspective_from_pairs_in_one_half) {
  auto pairs = grid(kAffine, 0, 0.05);
  pairs.resize(20);
  const auto fit = fit_robust(pairs, {0.4, 6, true});
  ASSERT_TRUE(fit.has_value());
  EXPECT_EQ(fit->map.m[6], 0.0);
  EXPECT_EQ(fit->map.m[7], 0.0);
}

TEST(FitRobust, gives_nothing_when_no_map_explains_the_pairs) {
  EXPECT_FALSE(fit_robust(grid(kAffine, 48), {0.2, 12, true}).has_value());
  EXPECT_FALSE(fit_robust({}, {}).has_value());
  EXPECT_FALSE(fit_robust({{{1, 1}, {1, 1}}}, {}).has_value());
}

TEST(FitRobust, gives_nothing_for_a_map_that_paper_cannot_make) {
  const Transform sheared{{1, 0.3, 0, 0, 1, 0, 0, 0, 1}};
  EXPECT_FALSE(fit_robust(grid(sheared, 0), {0.4, 6, false}).has_value());
}

}  // namespace
}  // namespace postkamer::extract
