// SPDX-License-Identifier: EUPL-1.2
#include "classifiers/signature/signature_reader.h"

#include <cmath>

#include <gtest/gtest.h>
#include <opencv2/imgproc.hpp>

namespace postkamer::signature {
namespace {

GrayImage paper() {
  GrayImage added;
  added.pixels = cv::Mat(180, 900, CV_8U, cv::Scalar(255));
  return added;
}

TEST(SignatureReader, paper_is_not_signed) {
  EXPECT_LT(LogisticSignatureReader().present(paper()), 0.01);
}

TEST(SignatureReader, a_scribble_over_the_field_is_a_signature) {
  GrayImage added = paper();
  std::vector<cv::Point> wave;
  for (int x = 0; x < 400; x += 4)
    wave.emplace_back(100 + x, 90 + static_cast<int>(50 * std::sin(x / 18.0)));
  cv::polylines(added.pixels, wave, false, 0, 5);
  EXPECT_GT(LogisticSignatureReader().present(added), 0.98);
}

TEST(SignatureReader, a_small_paraph_is_a_signature_too) {
  GrayImage added = paper();
  cv::polylines(added.pixels,
                std::vector<cv::Point>{{300, 60}, {320, 120}, {345, 50}, {350, 110}, {420, 90}},
                false, 0, 4);
  EXPECT_GT(LogisticSignatureReader().present(added), 0.9);
}

TEST(SignatureReader, dust_and_a_dot_are_not) {
  GrayImage added = paper();
  for (int i = 0; i < 12; ++i) cv::circle(added.pixels, {60 + 70 * i, 30 + 9 * i}, 2, 0, -1);
  EXPECT_LT(LogisticSignatureReader().present(added), 0.1);
}

}  // namespace
}  // namespace postkamer::signature
