// SPDX-License-Identifier: EUPL-1.2
#include "classifiers/signature/signature_reader.h"

#include <algorithm>
#include <cmath>

#include <opencv2/imgproc.hpp>

namespace postkamer::signature {
namespace {

// Strokes whose box is shorter than this are dust or dots.
constexpr double kDustMm = 0.6;

// log-odds of "signed" = kIntercept + kInk * log10(ink + 0.05) + kLongest * log10(longest + 0.3).
constexpr double kIntercept = -4.99;
constexpr double kInk = 5.22;
constexpr double kLongest = 3.57;

}  // namespace

SignatureFeatures features_of(const GrayImage& added) {
  const double scale = pixels_per_mm(added.dpi);
  const cv::Mat ink = added.pixels < 128;
  cv::Mat labels;
  cv::Mat stats;
  cv::Mat centres;
  const int count = cv::connectedComponentsWithStats(ink, labels, stats, centres, 8, CV_32S);
  SignatureFeatures features;
  cv::Rect all;
  for (int label = 1; label < count; ++label) {
    const cv::Rect box(
        stats.at<int>(label, cv::CC_STAT_LEFT), stats.at<int>(label, cv::CC_STAT_TOP),
        stats.at<int>(label, cv::CC_STAT_WIDTH), stats.at<int>(label, cv::CC_STAT_HEIGHT));
    const double length = std::hypot(box.width, box.height) / scale;
    if (length < kDustMm) continue;
    features.ink_mm2 += stats.at<int>(label, cv::CC_STAT_AREA) / (scale * scale);
    features.longest_mm = std::max(features.longest_mm, length);
    all = all.empty() ? box : (all | box);
  }
  features.extent_mm = std::hypot(all.width, all.height) / scale;
  return features;
}

double LogisticSignatureReader::present(const GrayImage& added) const {
  const SignatureFeatures features = features_of(added);
  const double logit = kIntercept + kInk * std::log10(features.ink_mm2 + 0.05) +
                       kLongest * std::log10(features.longest_mm + 0.3);
  return 1.0 / (1.0 + std::exp(-logit));
}

}  // namespace postkamer::signature
