// SPDX-License-Identifier: EUPL-1.2
#include "classifiers/form/look_alikes.h"

#include <algorithm>
#include <cmath>

#include <opencv2/imgproc.hpp>

#include "pipeline/extract/registration_levels.h"

namespace postkamer::classifiers {
namespace {

constexpr int kDifferent = 90;       // of 255, after blurring
constexpr double kLeastPixels = 12;  // less print than this differs in scanning noise too

cv::Mat on_first_grid(const cv::Mat& print, const Transform& first_to_second, cv::Size size) {
  const double ppm = extract::kPrintPpm;
  const Transform map =
      then(then(then(Transform::translation(0.5, 0.5), Transform::scale(1.0 / ppm, 1.0 / ppm)),
                first_to_second),
           then(Transform::scale(ppm, ppm), Transform::translation(-0.5, -0.5)));
  const auto& m = map.m;
  const cv::Matx23d matrix{m[0], m[1], m[2], m[3], m[4], m[5]};
  cv::Mat out;
  cv::warpAffine(print, out, matrix, size, cv::INTER_LINEAR | cv::WARP_INVERSE_MAP,
                 cv::BORDER_CONSTANT, 0);
  return out;
}

// Ink is compared over a third of a millimetre: the rest of the registration error.
cv::Mat blurred(const cv::Mat& print) {
  cv::Mat out;
  cv::blur(print, out, {3, 3});
  return out;
}

}  // namespace

Difference compare(const cv::Mat& page, const extract::PreparedBlank& first,
                   const extract::PreparedBlank& second, const Transform& first_to_second) {
  const cv::Mat a = blurred(first.print);
  const cv::Mat b = blurred(on_first_grid(second.print, first_to_second, first.print.size()));
  const cv::Mat p = blurred(page);
  cv::Mat apart;
  cv::absdiff(a, b, apart);
  cv::Mat where;
  cv::threshold(apart, where, kDifferent, 255, cv::THRESH_BINARY);
  const int count = cv::countNonZero(where);
  Difference difference;
  difference.weight = count;
  if (count == 0) return difference;
  cv::Mat from_a;
  cv::Mat from_b;
  cv::absdiff(p, a, from_a);
  cv::absdiff(p, b, from_b);
  const double error_a = cv::mean(from_a, where)[0];
  const double error_b = cv::mean(from_b, where)[0];
  difference.lean = (error_b - error_a) / std::max(1.0, error_a + error_b);
  return difference;
}

double probability_of_first(const Difference& difference) {
  if (difference.weight < kLeastPixels) return 0.5;
  // Few pixels may be dust; from a hundred on the lean alone counts.
  const double trust = std::min(1.0, std::sqrt(difference.weight / 100.0));
  return 1.0 / (1.0 + std::exp(-14.0 * trust * difference.lean));
}

}  // namespace postkamer::classifiers
