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
// Pencil that is hardly pressed is 0.80 of the paper; show-through on those backs is 0.91 and more.
constexpr double kFaintLevel = 0.82;
constexpr double kCellDpi = 150.0;    // of the cells that are looked at for what is faint
constexpr double kThinShare = 0.8;    // of a cell that a line of one px takes: specks take less
constexpr double kLetterMm = 1.2;     // both ways; dashes of folds and scratches are flatter
constexpr double kLineAspect = 12.0;  // of a straight line's box, up to nearly 5 degrees of skew
constexpr double kLineThickMm = 1.2;  // mean; writing goes back and forth
constexpr double kEdgeMm = 7.0;       // lid colour, shadows, cut corners
constexpr double kDustMm2 = 0.6;
constexpr double kStreakMm = 1.6;
constexpr double kStreakShare = 0.3;
constexpr double kScratchMm = 0.8;
constexpr double kScratchLengthMm = 5.0;
constexpr double kWedgeReachMm = 18.0;  // 3 degrees of skew on A4's long side
constexpr double kWedgeLengthMm = 30.0;
constexpr double kCodeWindowMm = 7.0;
constexpr double kCodeLeastCover = 0.30;  // codes 0.4 to 0.6, text 0.05 to 0.25
constexpr double kCodeMostCover = 0.75;   // black bars with white titles 0.8 and more
constexpr double kCodeCoreMm = 1.0;
constexpr double kCodeMarginMm = 4.0;  // quiet zones
constexpr double kRingFill = 0.25;
constexpr double kInLine = 0.7;
constexpr double kHoleLeastMm = 3.5;
constexpr double kHoleMostMm = 9.5;
constexpr double kHoleDistanceMm = 80.0;
constexpr double kHoleReachMm = 26.0;  // from the edge to a hole's far side

struct Blob {
  int left;
  int top;
  int width;
  int height;
  int area;
};

// Of a punch hole's size and as near to an edge.
bool has_hole_size(const Blob& blob, const InkMap& map) {
  const double width = blob.width / map.px(1.0);
  const double height = blob.height / map.px(1.0);
  if (std::min(width, height) < kHoleLeastMm || std::max(width, height) > kHoleMostMm) return false;
  const double reach = map.px(kHoleReachMm);
  return blob.left + blob.width < reach || blob.left > map.ink.cols - reach ||
         blob.top + blob.height < reach || blob.top > map.ink.rows - reach;
}

bool is_round(const Blob& blob) {
  return std::abs(blob.width - blob.height) < 0.35 * std::max(blob.width, blob.height) &&
         blob.area > 0.55 * blob.width * blob.height;
}

// Holes often show as crescents; what gives them away is the partner at 80 mm (ISO 838).
bool is_punched_pair(const Blob& a, const Blob& b, const InkMap& map) {
  const double x = std::abs(a.left + a.width / 2.0 - b.left - b.width / 2.0) / map.px(1.0);
  const double y = std::abs(a.top + a.height / 2.0 - b.top - b.height / 2.0) / map.px(1.0);
  return std::abs(std::max(x, y) - kHoleDistanceMm) < 3.0 && std::min(x, y) < 7.0;
}

// Dirt on the scanner's glass, a fold, or a piece of one: long, straight, hardly any width.
bool is_streak(const Blob& blob, const InkMap& map) {
  const double thickness = std::min(blob.width, blob.height) / map.px(1.0);
  const double length = std::max(blob.width, blob.height) / map.px(1.0);
  const double share = blob.height > blob.width ? blob.height / double(map.ink.rows)
                                                : blob.width / double(map.ink.cols);
  return (thickness <= kScratchMm && length >= kScratchLengthMm) ||
         (thickness <= kStreakMm && share > kStreakShare);
}

// What a skewed page leaves of the lid: a wedge that lies along an edge.
bool is_edge_wedge(const Blob& blob, const InkMap& map) {
  const double reach = map.px(kWedgeReachMm);
  const double least = map.px(kWedgeLengthMm);
  const bool is_beside = blob.left + blob.width < reach || blob.left > map.ink.cols - reach;
  const bool is_above = blob.top + blob.height < reach || blob.top > map.ink.rows - reach;
  return (is_beside && blob.height > least) || (is_above && blob.width > least);
}

bool counts(const Blob& blob, const InkMap& map) {
  const double dust = kDustMm2 * map.px(1.0) * map.px(1.0);
  return blob.area > dust && !is_streak(blob, map) && !is_edge_wedge(blob, map);
}

// Of what is faint only that counts which is neither a dash nor a straight line: folds, scratches
// and dust are as thin and as pale as a pencil.
bool is_like_writing(const Blob& blob, const InkMap& map) {
  const int longer = std::max(blob.width, blob.height);
  const int shorter = std::min(blob.width, blob.height);
  const bool is_line = longer > kLineAspect * shorter && blob.area <= map.px(kLineThickMm) * longer;
  return shorter >= map.px(kLetterMm) && !is_line;
}

double area_without_holes(const std::vector<Blob>& blobs, const InkMap& map) {
  double area = 0.0;
  std::vector<Blob> like_holes;
  for (const Blob& blob : blobs) {
    if (has_hole_size(blob, map))
      like_holes.push_back(blob);
    else
      area += blob.area;
  }
  for (const Blob& blob : like_holes) {
    const bool has_partner =
        std::any_of(like_holes.begin(), like_holes.end(),
                    [&](const Blob& other) { return is_punched_pair(blob, other, map); });
    if (!is_round(blob) && !has_partner) area += blob.area;
  }
  return area;
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
  if (page.is_bilevel) {
    map.paper = cv::Mat(small.size(), CV_8UC1, cv::Scalar(255));
    map.cover = 255 - small;
  } else {
    cv::dilate(small, map.paper,
               cv::getStructuringElement(cv::MORPH_RECT, cv::Size(window, window)));
    cv::blur(map.paper, map.paper, cv::Size(window, window));
    cv::divide(small, map.paper, map.cover, 255.0);
    map.cover = 255 - map.cover;
  }
  cv::Mat limit;
  map.paper.convertTo(limit, CV_8U, kInkLevel);
  cv::compare(small, limit, map.ink, cv::CMP_LT);
  return map;
}

namespace {

// Side by side or one above the other: pieces of one wide code, whose widest spaces look like
// paper.
bool are_in_line(const Rect& a, const Rect& b) {
  const Rect both = intersection(a, b);
  if (both.area() <= 0.0) return false;
  return both.height > kInLine * std::max(a.height, b.height) ||
         both.width > kInLine * std::max(a.width, b.width);
}

void join_in_line(std::vector<Rect>& regions) {
  for (std::size_t i = 0; i < regions.size(); ++i) {
    for (std::size_t k = i + 1; k < regions.size(); ++k) {
      if (!are_in_line(regions[i], regions[k])) continue;
      regions[i] = united(regions[i], regions[k]);
      regions.erase(regions.begin() + static_cast<std::ptrdiff_t>(k));
      k = i;  // the grown region may now meet one that was passed over
    }
  }
}

}  // namespace

std::vector<Rect> code_regions(const InkMap& map) {
  const int window = std::max(3, static_cast<int>(map.px(kCodeWindowMm)));
  if (map.ink.cols < 2 * window || map.ink.rows < 2 * window)
    return {{0, 0, map.ink.cols * map.scale, map.ink.rows * map.scale}};
  cv::Mat cover;
  cv::boxFilter(map.cover, cover, CV_8U, cv::Size(window, window));
  cv::Mat likely;
  cv::inRange(cover, cv::Scalar(255.0 * kCodeLeastCover), cv::Scalar(255.0 * kCodeMostCover),
              likely);
  // Black bars and pictures are ringed by a thin band of medium cover; codes fill an area with it.
  const int core = std::max(3, static_cast<int>(map.px(kCodeCoreMm)));
  cv::erode(likely, likely, cv::getStructuringElement(cv::MORPH_RECT, cv::Size(core, core)));
  const int joined = core + window;
  cv::dilate(likely, likely, cv::getStructuringElement(cv::MORPH_RECT, cv::Size(joined, joined)));
  cv::Mat labels;
  cv::Mat stats;
  cv::Mat centres;
  const int count = cv::connectedComponentsWithStats(likely, labels, stats, centres, 8, CV_32S);
  std::vector<Rect> regions;
  for (int i = 1; i < count; ++i) {
    // A black edge runs around the page and its box is the page: no code, and costly to search.
    const double filled =
        stats.at<int>(i, cv::CC_STAT_AREA) /
        (double(stats.at<int>(i, cv::CC_STAT_WIDTH)) * stats.at<int>(i, cv::CC_STAT_HEIGHT));
    const bool is_large = stats.at<int>(i, cv::CC_STAT_HEIGHT) > map.ink.rows / 3 &&
                          stats.at<int>(i, cv::CC_STAT_WIDTH) > map.ink.cols / 3;
    if (is_large && filled < kRingFill) continue;
    const Rect box{stats.at<int>(i, cv::CC_STAT_LEFT) * map.scale,
                   stats.at<int>(i, cv::CC_STAT_TOP) * map.scale,
                   stats.at<int>(i, cv::CC_STAT_WIDTH) * map.scale,
                   stats.at<int>(i, cv::CC_STAT_HEIGHT) * map.scale};
    regions.push_back(grown(box, map.px(kCodeMarginMm) * map.scale));
  }
  join_in_line(regions);
  return regions;
}

namespace {

// Erases thin columns that are inked along much of the page. Done before blobs are formed, since a
// streak ties everything together that it crosses.
void erase_streaks(cv::Mat& ink, double thickness_px) {
  cv::Mat share;
  cv::reduce(ink, share, 0, cv::REDUCE_AVG, CV_32F);
  for (int x = 0; x < ink.cols; ++x) {
    int end = x;
    while (end < ink.cols && share.at<float>(0, end) > 255 * kStreakShare) ++end;
    if (end > x && end - x <= thickness_px) ink.colRange(x, end).setTo(0);
    x = std::max(x, end);
  }
}

// A slip of paper, which is hardly more than its edges.
bool is_slip(const InkMap& map) {
  const int edge = static_cast<int>(map.px(kEdgeMm));
  return map.ink.cols <= 4 * edge || map.ink.rows <= 4 * edge;
}

std::vector<Blob> blobs_of(const cv::Mat& ink) {
  cv::Mat labels;
  cv::Mat stats;
  cv::Mat centres;
  const int count = cv::connectedComponentsWithStats(ink, labels, stats, centres, 8, CV_32S);
  std::vector<Blob> blobs;
  for (int i = 1; i < count; ++i)
    blobs.push_back({stats.at<int>(i, cv::CC_STAT_LEFT), stats.at<int>(i, cv::CC_STAT_TOP),
                     stats.at<int>(i, cv::CC_STAT_WIDTH), stats.at<int>(i, cv::CC_STAT_HEIGHT),
                     stats.at<int>(i, cv::CC_STAT_AREA)});
  return blobs;
}

// The darkest cell in each px of the map. The mean of such a px hides a pale or thin stroke that
// takes a part of it; a single px of the page may be a speck.
cv::Mat darkest_cells(const cv::Mat& pixels, int cell, const InkMap& map) {
  const int factor = static_cast<int>(map.scale);
  cv::Mat cells;
  cv::blur(pixels, cells, cv::Size(cell, cell));
  cv::erode(cells, cells, cv::getStructuringElement(cv::MORPH_RECT, cv::Size(factor, factor)),
            cv::Point(0, 0));
  const cv::Rect whole{0, 0, map.ink.cols * factor, map.ink.rows * factor};
  cv::Mat darkest;
  cv::resize(cells(whole & cv::Rect({0, 0}, cells.size())), darkest, map.ink.size(), 0, 0,
             cv::INTER_NEAREST);
  return darkest;
}

cv::Mat find_faint(const GrayImage& page, const InkMap& map) {
  const int cell = std::max(2, static_cast<int>(std::lround(page.dpi.value / kCellDpi)));
  const double level = page.is_bilevel ? 1.0 - kThinShare / cell : kFaintLevel;
  cv::Mat limit;
  map.paper.convertTo(limit, CV_8U, level);
  cv::Mat faint;
  cv::compare(darkest_cells(page.pixels, cell, map), limit, faint, cv::CMP_LT);
  return faint;
}

// The share of the page that the blobs in `ink` take which are counted.
template <class Counted>
double share_of(const cv::Mat& ink, int edge, const InkMap& map, Counted is_counted) {
  cv::Mat inner = ink.clone();
  if (edge > 0)
    cv::rectangle(inner, cv::Rect(0, 0, inner.cols, inner.rows), cv::Scalar(0), 2 * edge);
  erase_streaks(inner, std::max(1.0, map.px(kStreakMm)));
  std::vector<Blob> blobs = blobs_of(inner);
  std::erase_if(blobs, [&](const Blob& blob) { return !is_counted(blob); });
  return area_without_holes(blobs, map) / static_cast<double>(inner.total());
}

}  // namespace

double written_share(const InkMap& map) {
  const int edge = static_cast<int>(map.px(kEdgeMm));
  if (is_slip(map))  // no edge can be spared
    return cv::countNonZero(map.ink) / static_cast<double>(map.ink.total());
  return share_of(map.ink, edge, map, [&](const Blob& blob) { return counts(blob, map); });
}

double faint_share(const GrayImage& page, const InkMap& map) {
  const int edge = is_slip(map) ? 0 : static_cast<int>(map.px(kEdgeMm));
  return share_of(find_faint(page, map), edge, map, [&](const Blob& blob) {
    return counts(blob, map) && is_like_writing(blob, map);
  });
}

}  // namespace postkamer::intake
