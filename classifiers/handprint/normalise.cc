// SPDX-License-Identifier: EUPL-1.2
#include "classifiers/handprint/normalise.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <opencv2/imgproc.hpp>

namespace postkamer::handprint {
namespace {

constexpr double kBody = 20.0;
constexpr double kSmallestMm = 2.0;
// Pixels at least this dark mark the ink's extent.
constexpr double kExtentInk = 128.0;

// Where a strip of `length` must start so that its centre of mass lies in the middle.
int start_of(double centre, int length) {
  return std::clamp(static_cast<int>(std::floor(kSide / 2.0 - centre + 0.5)), 0, kSide - length);
}

// How far a variant leans (across for one down), widens and turns (radians).
constexpr double kLean = 0.15;
constexpr double kWiden = 1.12;
constexpr double kTurn = 0.08;

// The glyph under a linear map, on paper that holds all of it.
GrayImage mapped(const GrayImage& glyph, const cv::Matx22d& map) {
  const double width = glyph.pixels.cols;
  const double height = glyph.pixels.rows;
  const cv::Vec2d extent(std::abs(map(0, 0)) * width + std::abs(map(0, 1)) * height,
                         std::abs(map(1, 0)) * width + std::abs(map(1, 1)) * height);
  const cv::Size size(static_cast<int>(extent[0]) + 1, static_cast<int>(extent[1]) + 1);
  const cv::Vec2d shift = extent / 2 - map * cv::Vec2d(width / 2, height / 2);
  GrayImage result;
  result.dpi = glyph.dpi;
  cv::warpAffine(glyph.pixels, result.pixels,
                 cv::Matx23d(map(0, 0), map(0, 1), shift[0], map(1, 0), map(1, 1), shift[1]), size,
                 cv::INTER_LINEAR, cv::BORDER_CONSTANT, cv::Scalar(255));
  return result;
}

}  // namespace

cv::Mat normalise(const GrayImage& glyph) {
  cv::Mat out = cv::Mat::zeros(kSide, kSide, CV_8UC1);
  if (glyph.pixels.empty()) return out;
  const cv::Mat ink = ~glyph.pixels;
  cv::Mat dark;
  cv::compare(ink, cv::Scalar(kExtentInk), dark, cv::CMP_GE);
  const cv::Rect box = cv::boundingRect(dark);
  if (box.empty()) return out;
  const double longest = std::max(box.width, box.height);
  const double scale = std::min(kBody / longest, kBody / (kSmallestMm * pixels_per_mm(glyph.dpi)));
  const cv::Size size(std::max(1, static_cast<int>(box.width * scale + 0.5)),
                      std::max(1, static_cast<int>(box.height * scale + 0.5)));
  cv::Mat small;
  cv::resize(ink(box), small, size, 0, 0, scale < 1 ? cv::INTER_AREA : cv::INTER_LINEAR);
  double total = 0.0;
  double sum_x = 0.0;
  double sum_y = 0.0;
  for (int y = 0; y < small.rows; ++y) {
    for (int x = 0; x < small.cols; ++x) {
      const double mass = small.at<std::uint8_t>(y, x);
      total += mass;
      sum_x += mass * x;
      sum_y += mass * y;
    }
  }
  if (total <= 0.0) return out;
  const cv::Point at(start_of(sum_x / total + 0.5, size.width),
                     start_of(sum_y / total + 0.5, size.height));
  small.copyTo(out(cv::Rect(at, size)));
  return out;
}

std::vector<cv::Mat> variants_of(const GrayImage& glyph, std::size_t count) {
  const double cosine = std::cos(kTurn);
  const double sine = std::sin(kTurn);
  const std::array<cv::Matx22d, kVariants> maps{cv::Matx22d(1, kLean, 0, 1),
                                                cv::Matx22d(1, -kLean, 0, 1),
                                                cv::Matx22d(kWiden, 0, 0, 1),
                                                cv::Matx22d(1 / kWiden, 0, 0, 1),
                                                cv::Matx22d(cosine, sine, -sine, cosine),
                                                cv::Matx22d(cosine, -sine, sine, cosine)};
  std::vector<cv::Mat> pictures;
  for (std::size_t i = 0; i < std::min(count, kVariants); ++i)
    pictures.push_back(normalise(mapped(glyph, maps[i])));
  return pictures;
}

}  // namespace postkamer::handprint
