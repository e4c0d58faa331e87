// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/extract/accent.h"

#include <algorithm>

#include <opencv2/imgproc.hpp>

namespace postkamer::extract {
namespace {

// Of the letter's own height and width: how high and wide a mark above it is at most, and how large
// at least: one alone, and one of two beside each other. A bar that broke off its letter is wider,
// dust smaller.
constexpr double kMostHeight = 0.45;
constexpr double kMostWidth = 0.7;
constexpr double kLeastSize = 0.1;
constexpr double kLeastOfTwo = 0.07;

}  // namespace

bool has_accent(const CellInk& ink, char read) {
  if (ink.area == 0 || read == 'I' || read == 'J') return false;
  cv::Mat labels;
  cv::Mat stats;
  cv::Mat centres;
  const int count = cv::connectedComponentsWithStats(ink.mask, labels, stats, centres, 8, CV_32S);
  const auto box_of = [&stats](int label) {
    return cv::Rect(stats.at<int>(label, cv::CC_STAT_LEFT), stats.at<int>(label, cv::CC_STAT_TOP),
                    stats.at<int>(label, cv::CC_STAT_WIDTH),
                    stats.at<int>(label, cv::CC_STAT_HEIGHT));
  };
  cv::Rect letter;
  for (int label = 1; label < count; ++label)
    if (box_of(label).height > letter.height) letter = box_of(label);
  int dots = 0;
  for (int label = 1; label < count; ++label) {
    const cv::Rect mark = box_of(label);
    const int middle = mark.x + mark.width / 2;
    const double size = std::min(mark.height, mark.width);
    if (mark.br().y > letter.y || middle < letter.x || middle > letter.br().x ||
        mark.height > kMostHeight * letter.height || mark.width > kMostWidth * letter.width)
      continue;
    if (size >= kLeastSize * letter.height) return true;
    if (size >= kLeastOfTwo * letter.height) ++dots;
  }
  return dots >= 2;
}

}  // namespace postkamer::extract
