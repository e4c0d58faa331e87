// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/deskew/rotate.h"

#include <gtest/gtest.h>

#include <opencv2/imgproc.hpp>

namespace postkamer::deskew {
namespace {

// Soft round blots on paper: smooth, so that two ways of interpolating agree.
cv::Mat blots(int width, int height) {
  cv::Mat page(height, width, CV_8UC1, cv::Scalar(255));
  for (int y = 20; y < height; y += 37)
    for (int x = 15; x < width; x += 29)
      cv::circle(page, {x, y}, 4 + (x + y) % 7, cv::Scalar((x * 7 + y * 3) % 180), cv::FILLED);
  cv::GaussianBlur(page, page, {0, 0}, 2.0);
  return page;
}

// The page turned pixel by pixel, as OpenCV does it.
cv::Mat looked_up(const cv::Mat& page, const Rotation& rotation) {
  const Transform map = then(then(Transform::translation(0.5, 0.5), rotation.map),
                             Transform::translation(-0.5, -0.5));
  const cv::Matx23d matrix{map.m[0], map.m[1], map.m[2], map.m[3], map.m[4], map.m[5]};
  cv::Mat out;
  cv::warpAffine(page, out, matrix, rotation.canvas, cv::INTER_LINEAR, cv::BORDER_CONSTANT, 255);
  return out;
}

class Rotating : public testing::TestWithParam<double> {};

TEST_P(Rotating, gives_what_a_look_up_of_every_pixel_gives) {
  const cv::Mat page = blots(431, 606);
  const Degrees angle{GetParam()};
  const Rotation rotation = rotation_by(angle, page.cols, page.rows);
  const cv::Mat turned = rotated(page, angle, rotation);
  ASSERT_EQ(turned.size(), rotation.canvas);
  cv::Mat difference;
  cv::absdiff(turned, looked_up(page, rotation), difference);
  EXPECT_LT(cv::mean(difference)[0], 0.6);
  EXPECT_LT(cv::countNonZero(difference > 24), difference.total() / 10000);
}

INSTANTIATE_TEST_SUITE_P(angles, Rotating,
                         testing::Values(-11.0, -1.3, -0.04, 0.2, 0.9, 5.0, 12.0));

TEST(RotatingAPage, by_nothing_leaves_it_as_it_is) {
  const cv::Mat page = blots(120, 90);
  const Rotation rotation = rotation_by(Degrees{0.0}, page.cols, page.rows);
  EXPECT_EQ(cv::norm(rotated(page, Degrees{0.0}, rotation), page, cv::NORM_INF), 0.0);
}

TEST(RotatingAPage, leaves_paper_outside_of_it) {
  const cv::Mat black = cv::Mat::zeros(200, 300, CV_8UC1);
  const Rotation rotation = rotation_by(Degrees{8.0}, black.cols, black.rows);
  const cv::Mat turned = rotated(black, Degrees{8.0}, rotation);
  EXPECT_EQ(turned.at<std::uint8_t>(0, 0), 255);
  EXPECT_EQ(turned.at<std::uint8_t>(turned.rows - 1, turned.cols - 1), 255);
  EXPECT_EQ(turned.at<std::uint8_t>(turned.rows / 2, turned.cols / 2), 0);
}

TEST(RotatingAPage, takes_a_page_of_one_pixel) {
  const cv::Mat page(1, 1, CV_8UC1, cv::Scalar(7));
  const Rotation rotation = rotation_by(Degrees{3.0}, 1, 1);
  EXPECT_EQ(rotated(page, Degrees{3.0}, rotation).size(), rotation.canvas);
}

}  // namespace
}  // namespace postkamer::deskew
