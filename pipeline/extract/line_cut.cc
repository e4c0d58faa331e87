// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/extract/line_cut.h"

#include <algorithm>

#include <opencv2/imgproc.hpp>

namespace postkamer::extract {
namespace {

// Strokes of fewer pixels (300 dpi) are dust; a full stop has more.
constexpr int kDustArea = 12;
// A stroke smaller than this both ways (0.8 mm) is a dot, and one with no writing within the reach
// (3 mm) belongs to none.
constexpr int kSpeck = 10;
constexpr int kSpeckReach = 35;
// Strokes as flat as this (px) are no letters; more of them than a line has dashes are a fold in
// the paper.
constexpr int kFlat = 4;
constexpr int kMostDashes = 5;

// Whether the zone is crossed by a fold: it leaves many flat dashes.
bool has_fold(const cv::Mat& stats, int strokes) {
  int flat = 0;
  for (int label = 1; label < strokes; ++label)
    if (stats.at<int>(label, cv::CC_STAT_HEIGHT) <= kFlat &&
        stats.at<int>(label, cv::CC_STAT_WIDTH) > kFlat)
      ++flat;
  return flat > kMostDashes;
}

// Whether a stroke is a speck with nothing near it on its line: dust, not a full stop.
bool is_lone_speck(const cv::Mat& stats, int label, int strokes) {
  const auto at = [&](int stroke, int what) { return stats.at<int>(stroke, what); };
  const auto is_speck = [&](int stroke) {
    return std::max(at(stroke, cv::CC_STAT_WIDTH), at(stroke, cv::CC_STAT_HEIGHT)) < kSpeck;
  };
  if (!is_speck(label)) return false;
  const int left = at(label, cv::CC_STAT_LEFT);
  const int right = left + at(label, cv::CC_STAT_WIDTH);
  for (int other = 1; other < strokes; ++other) {
    if (is_speck(other)) continue;
    const int from = at(other, cv::CC_STAT_LEFT);
    const int to = from + at(other, cv::CC_STAT_WIDTH);
    if (from < right + kSpeckReach && to > left - kSpeckReach) return false;
  }
  return true;
}

}  // namespace

std::vector<cv::Mat> lines_of(const cv::Mat& added, const Rect& box, int count) {
  std::vector<cv::Mat> lines;
  for (int i = 0; i < count; ++i) lines.push_back(cv::Mat::zeros(added.size(), CV_8U));
  const cv::Rect inked = cv::boundingRect(added);
  if (inked.empty()) return lines;
  cv::Mat labels;
  cv::Mat stats;
  cv::Mat centres;
  const int strokes = cv::connectedComponentsWithStats(added, labels, stats, centres, 8, CV_32S);
  std::vector<int> line_of(static_cast<std::size_t>(strokes), -1);
  const bool is_folded = has_fold(stats, strokes);
  for (int label = 1; label < strokes; ++label) {
    if (stats.at<int>(label, cv::CC_STAT_AREA) < kDustArea) continue;
    if (is_folded && stats.at<int>(label, cv::CC_STAT_HEIGHT) <= kFlat) continue;
    if (is_lone_speck(stats, label, strokes)) continue;
    const Point centre{centres.at<double>(label, 0), centres.at<double>(label, 1)};
    if (!grown(box, 0.06 * box.height).contains(centre)) continue;
    const int line = static_cast<int>((centre.y - box.y) / box.height * count);
    line_of[static_cast<std::size_t>(label)] = std::clamp(line, 0, count - 1);
  }
  for (int y = inked.y; y < inked.br().y; ++y) {
    const auto* row = labels.ptr<int>(y);
    for (int x = inked.x; x < inked.br().x; ++x) {
      const int line = line_of[static_cast<std::size_t>(row[x])];
      if (line >= 0) lines[static_cast<std::size_t>(line)].at<std::uint8_t>(y, x) = 255;
    }
  }
  return lines;
}

GrayImage tight(const cv::Mat& mask, const cv::Mat& clear) {
  const cv::Rect box = cv::boundingRect(mask);
  cv::Mat near;
  cv::dilate(mask, near, cv::getStructuringElement(cv::MORPH_RECT, {3, 3}));
  cv::Mat line(mask.size(), CV_8U, cv::Scalar(255));
  clear.copyTo(line, near);
  GrayImage image;
  cv::copyMakeBorder(line(box), image.pixels, kLineBorder, kLineBorder, kLineBorder, kLineBorder,
                     cv::BORDER_CONSTANT, cv::Scalar(255));
  image.dpi = kZoneDpi;
  return image;
}

}  // namespace postkamer::extract
