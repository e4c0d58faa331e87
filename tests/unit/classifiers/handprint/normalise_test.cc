// SPDX-License-Identifier: EUPL-1.2
#include "classifiers/handprint/normalise.h"

#include <fstream>
#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <opencv2/imgproc.hpp>

namespace postkamer::handprint {
namespace {

GrayImage glyph_of(const cv::Mat& ink) {
  GrayImage glyph;
  glyph.pixels = ~ink;
  return glyph;
}

// The same drawing as write_golden() of train.py.
cv::Mat drawing() {
  cv::Mat ink = cv::Mat::zeros(61, 47, CV_8U);
  ink(cv::Rect(21, 8, 5, 42)).setTo(255);
  ink(cv::Rect(9, 44, 31, 6)).setTo(255);
  for (int i = 0; i < 14; ++i) ink(cv::Rect(20 - i, 8 + i, 4, 1)).setTo(255);
  return ink;
}

TEST(Normalise, gives_what_the_training_program_gives) {
  std::ifstream file(std::string(POSTKAMER_SOURCE_DIR) +
                     "/tests/unit/classifiers/handprint/normalise_golden.json");
  const auto golden = nlohmann::json::parse(file, nullptr, false);
  ASSERT_TRUE(golden.is_object());
  const cv::Mat picture = normalise(glyph_of(drawing()));
  for (int y = 0; y < kSide; ++y) {
    const std::string row = golden["rows"][static_cast<std::size_t>(y)];
    for (int x = 0; x < kSide; ++x) {
      const int wanted = std::stoi(row.substr(static_cast<std::size_t>(2 * x), 2), nullptr, 16);
      EXPECT_NEAR(picture.at<std::uint8_t>(y, x), wanted, 1) << "row " << y << ", column " << x;
    }
  }
}

TEST(Normalise, does_not_depend_on_where_the_ink_lies) {
  cv::Mat ink = drawing();
  cv::Mat padded;
  cv::copyMakeBorder(ink, padded, 30, 5, 2, 41, cv::BORDER_CONSTANT, cv::Scalar(0));
  EXPECT_EQ(cv::norm(normalise(glyph_of(ink)), normalise(glyph_of(padded)), cv::NORM_INF), 0.0);
}

TEST(Normalise, leaves_a_speck_small) {
  cv::Mat ink = cv::Mat::zeros(40, 40, CV_8U);
  ink(cv::Rect(18, 18, 4, 4)).setTo(255);
  const cv::Rect box = cv::boundingRect(normalise(glyph_of(ink)) >= 128);
  EXPECT_LE(box.width, 5);
  EXPECT_LE(box.height, 5);
}

TEST(Normalise, gives_paper_for_paper) {
  EXPECT_EQ(cv::countNonZero(normalise(glyph_of(cv::Mat::zeros(40, 40, CV_8U)))), 0);
  EXPECT_EQ(cv::countNonZero(normalise(GrayImage{})), 0);
}

TEST(Normalise, a_variant_is_the_same_glyph_leaning_or_turned) {
  const GrayImage glyph = glyph_of(drawing());
  const cv::Mat plain = normalise(glyph);
  const auto variants = variants_of(glyph);
  ASSERT_EQ(variants.size(), 6U);
  for (const cv::Mat& variant : variants) {
    EXPECT_EQ(variant.size(), plain.size());
    const double distance = cv::norm(variant, plain, cv::NORM_L1);
    EXPECT_GT(distance, 0.0);
    EXPECT_LT(distance, cv::norm(plain, cv::NORM_L1));  // most of the ink lies where it lay
  }
  const auto leaning = variants_of(glyph, kLeaning);
  ASSERT_EQ(leaning.size(), 2U);
  for (std::size_t i = 0; i < leaning.size(); ++i)
    EXPECT_EQ(cv::norm(leaning[i], variants[i], cv::NORM_L1), 0.0);
  for (const cv::Mat& nothing : variants_of(glyph_of(cv::Mat::zeros(40, 40, CV_8U))))
    EXPECT_EQ(cv::countNonZero(nothing), 0);
}

}  // namespace
}  // namespace postkamer::handprint
