// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/intake/ink_map.h"

#include <algorithm>
#include <cmath>

#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

namespace postkamer::intake {
namespace {

constexpr double kMapDpi = 75.0;
constexpr double kPaperWindowMm = 11.0;  // wider than a patch code's wide bar
// Tuned on the empty backs of 2 simulated duplex batches: show-through stays above, pencil below.
constexpr double kInkLevel = 0.68;
constexpr double kEdgeMm = 7.0;  // lid colour, shadows, cut corners
constexpr double kDustMm2 = 0.6;
constexpr double kStreakMm = 1.6;
constexpr double kHoleLeastMm = 3.5;
constexpr double kHoleMostMm = 9.5;
constexpr double kHoleReachMm = 26.0;  // from the edge to a hole's far side

struct Blob {
  int left;
  int top;
  int width;
  int height;
  int area;
};

bool is_punch_hole(const Blob& blob, const InkMap& map) {
  const double width = blob.width / map.px(1.0);
  const double height = blob.height / map.px(1.0);
  const bool is_round = std::abs(width - height) < 0.35 * std::max(width, height) &&
                        blob.area > 0.55 * blob.width * blob.height;
  if (!is_round || std::min(width, height) < kHoleLeastMm || std::max(width, height) > kHoleMostMm)
    return false;
  const double reach = map.px(kHoleReachMm);
  return blob.left + blob.width < reach || blob.left > map.ink.cols - reach ||
         blob.top + blob.height < reach || blob.top > map.ink.rows - reach;
}

// A line along most of the page and hardly any width: dirt on the scanner's glass, or a fold.
bool is_streak(const Blob& blob, const InkMap& map) {
  const double thin = map.px(kStreakMm);
  return (blob.width <= thin && blob.height > 0.3 * map.ink.rows) ||
         (blob.height <= thin && blob.width > 0.6 * map.ink.cols);
}

bool counts(const Blob& blob, const InkMap& map) {
  const double dust = kDustMm2 * map.px(1.0) * map.px(1.0);
  return blob.area > dust && !is_streak(blob, map) && !is_punch_hole(blob, map);
}

}  // namespace

InkMap map_ink(const GrayImage& page) {
  InkMap map;
  const int factor = std::max(1, static_cast<int>(std::lround(page.dpi.value / kMapDpi)));
  const int columns = std::max(1, page.width() / factor);
  const int rows = std::max(1, page.height() / factor);
  const int used_columns = std::min(page.width(), columns * factor);
  const int used_rows = std::min(page.height(), rows * factor);
  map.scale = factor;
  map.dpi = Dpi{page.dpi.value / factor};
  // Whole blocks only: OpenCV's area resize is five times slower when the factor is no integer.
  cv::Mat small;
  cv::resize(page.pixels(cv::Rect(0, 0, used_columns, used_rows)), small, cv::Size(columns, rows),
             0, 0, cv::INTER_AREA);
  const int window = static_cast<int>(map.px(kPaperWindowMm)) | 1;
  cv::Mat paper;
  if (page.is_bilevel) {
    paper = cv::Mat(small.size(), CV_8UC1, cv::Scalar(255));
  } else {
    cv::dilate(small, paper, cv::getStructuringElement(cv::MORPH_RECT, cv::Size(window, window)));
    cv::blur(paper, paper, cv::Size(window, window));
  }
  cv::Mat limit;
  paper.convertTo(limit, CV_8U, kInkLevel);
  cv::compare(small, limit, map.ink, cv::CMP_LT);
  return map;
}

double written_share(const InkMap& map) {
  const int edge = static_cast<int>(map.px(kEdgeMm));
  if (map.ink.cols <= 4 * edge || map.ink.rows <= 4 * edge) {
    // A slip of paper: no edge can be spared.
    return cv::countNonZero(map.ink) / static_cast<double>(map.ink.total());
  }
  cv::Mat inner = map.ink.clone();
  cv::rectangle(inner, cv::Rect(0, 0, inner.cols, inner.rows), cv::Scalar(0), 2 * edge);
  cv::Mat labels;
  cv::Mat stats;
  cv::Mat centres;
  const int count = cv::connectedComponentsWithStats(inner, labels, stats, centres, 8, CV_32S);
  double area = 0.0;
  for (int i = 1; i < count; ++i) {
    const Blob blob{stats.at<int>(i, cv::CC_STAT_LEFT), stats.at<int>(i, cv::CC_STAT_TOP),
                    stats.at<int>(i, cv::CC_STAT_WIDTH), stats.at<int>(i, cv::CC_STAT_HEIGHT),
                    stats.at<int>(i, cv::CC_STAT_AREA)};
    if (counts(blob, map)) area += blob.area;
  }
  return area / static_cast<double>(inner.total());
}

}  // namespace postkamer::intake
