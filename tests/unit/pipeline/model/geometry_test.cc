// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/model/geometry.h"

#include <cmath>
#include <numbers>
#include <random>

#include <gtest/gtest.h>

namespace postkamer {
namespace {

void expect_near(Point a, Point b) {
  EXPECT_NEAR(a.x, b.x, 1e-6);
  EXPECT_NEAR(a.y, b.y, 1e-6);
}

TEST(Rect, contains_its_top_left_edge_but_not_its_bottom_right_one) {
  const Rect r{10, 20, 30, 40};
  EXPECT_TRUE(r.contains({10, 20}));
  EXPECT_TRUE(r.contains({39.9, 59.9}));
  EXPECT_FALSE(r.contains({40, 30}));
  EXPECT_FALSE(r.contains({20, 60}));
  EXPECT_EQ(r.centre(), (Point{25, 40}));
  EXPECT_DOUBLE_EQ(r.area(), 1200);
}

TEST(Rect, grows_on_all_sides) {
  EXPECT_EQ(grown(Rect{10, 10, 5, 5}, 2), (Rect{8, 8, 9, 9}));
  EXPECT_EQ(grown(Rect{8, 8, 9, 9}, -2), (Rect{10, 10, 5, 5}));
}

TEST(Rect, meets_and_unites) {
  const Rect a{0, 0, 10, 10};
  const Rect b{5, 6, 10, 10};
  EXPECT_EQ(intersection(a, b), (Rect{5, 6, 5, 4}));
  EXPECT_EQ(united(a, b), (Rect{0, 0, 15, 16}));
  EXPECT_DOUBLE_EQ(intersection(a, Rect{20, 20, 5, 5}).area(), 0);
  EXPECT_DOUBLE_EQ(intersection(a, Rect{10, 0, 5, 5}).area(), 0) << "touching is not overlapping";
}

TEST(Transform, turns_clockwise_as_seen_on_the_page) {
  // y points down: a quarter turn clockwise takes the x axis to the y axis.
  expect_near(Transform::rotation(std::numbers::pi / 2).apply({1, 0}), {0, 1});
}

TEST(Transform, applies_the_first_first) {
  const Transform map = then(Transform::translation(1, 0), Transform::scale(2, 3));
  expect_near(map.apply({1, 1}), {4, 3});
}

TEST(Transform, bounds_a_turned_rectangle) {
  const Rect out = Transform::rotation(std::numbers::pi / 2).bounds({0, 0, 4, 2});
  EXPECT_NEAR(out.x, -2, 1e-9);
  EXPECT_NEAR(out.y, 0, 1e-9);
  EXPECT_NEAR(out.width, 2, 1e-9);
  EXPECT_NEAR(out.height, 4, 1e-9);
}

TEST(Transform, leads_back_by_its_inverse) {
  std::mt19937 random(5);
  std::uniform_real_distribution<> real(-1.0, 1.0);
  for (int i = 0; i < 200; ++i) {
    Transform map = then(Transform::rotation(real(random)),
                         Transform::translation(900 * real(random), 900 * real(random)));
    map = then(Transform::scale(11 + real(random), 12 + real(random)), map);
    map.m[6] = 1e-5 * real(random);
    map.m[7] = 1e-5 * real(random);
    const auto back = inverse(map);
    ASSERT_TRUE(back);
    const Point p{210 * real(random), 297 * real(random)};
    expect_near(back->apply(map.apply(p)), p);
    expect_near(then(map, *back).apply(p), p);
  }
}

TEST(Transform, has_no_inverse_when_it_flattens_the_page) {
  EXPECT_FALSE(inverse(Transform::scale(1, 0)));
  Transform none;
  none.m.fill(0.0);
  EXPECT_FALSE(inverse(none));
  none.m.fill(std::nan(""));
  EXPECT_FALSE(inverse(none));
}

TEST(Transform, is_the_identity_until_told_otherwise) {
  EXPECT_EQ(Transform{}, Transform::identity());
  expect_near(Transform{}.apply({3, 4}), {3, 4});
}

}  // namespace
}  // namespace postkamer
