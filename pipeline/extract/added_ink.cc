// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/extract/added_ink.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <optional>
#include <vector>

#include <opencv2/imgproc.hpp>

#include "pipeline/extract/printed_lines.h"
#include "pipeline/extract/zones.h"

namespace postkamer::extract {
namespace {

// Local misregistration that is made good, mm.
constexpr double kReachMm = 0.34;
// What a pixel of move must bring in overlap: among equals the smallest move wins.
constexpr double kMovePenalty = 0.004;
// Print grows by at most this many pixels on paper and scanner.
constexpr int kMostGrowth = 4;
// A ring around the print belongs to it when the page has ink on more than this share of it.
constexpr double kRingShare = 0.30;
// A streak is at most this many pixels wide, and ink on at least this share of the cut-out's
// height.
constexpr int kStreakWidth = 4;
constexpr double kStreakShare = 0.72;
// This share of the cut-out's height must lie outside the print, else a streak cannot be told.
constexpr double kStreakRows = 1.0 / 3.0;
// Writing leaves at least this many pixels beside the print; with fewer the zone is untouched.
constexpr int kLeastBeside = 9;
// Less print than this (px) tells nothing about the page.
constexpr int kLeastPrint = 200;
// Line bands wider than this (px at 300 dpi) are not bridged.
constexpr int kLongestBridge = 15;

cv::Mat moved(const cv::Mat& mask, Offset by) {
  cv::Mat out = cv::Mat::zeros(mask.size(), mask.type());
  const cv::Rect all({0, 0}, mask.size());
  const cv::Rect to = cv::Rect({by.x, by.y}, mask.size()) & all;
  if (to.area() == 0) return out;
  mask(to - cv::Point(by.x, by.y)).copyTo(out(to));
  return out;
}

cv::Mat square(int radius) {
  return cv::getStructuringElement(cv::MORPH_RECT, {2 * radius + 1, 2 * radius + 1});
}

// Where the mask has ink, and `margin` pixels around it. Most of a free line's cut-out is paper:
// what is done to its ink alone costs a fraction of what the whole does, and gives the same.
cv::Rect around(const cv::Mat& mask, int margin) {
  const cv::Rect box = cv::boundingRect(mask);
  if (box.empty()) return {};
  const cv::Rect grown(box.x - margin, box.y - margin, box.width + 2 * margin,
                       box.height + 2 * margin);
  return grown & cv::Rect({0, 0}, mask.size());
}

// Half the width of the widest printed line, px; no more than bridges are long.
int depth_of(const cv::Mat& print) {
  cv::Mat left = print(around(print, 1)).clone();
  int depth = 0;
  while (2 * depth < kLongestBridge && cv::countNonZero(left) > 0) {
    cv::erode(left, left, square(1));
    ++depth;
  }
  return depth;
}

double share_found(const cv::Mat& page, const cv::Mat& print) {
  const int size = cv::countNonZero(print);
  if (size < kLeastPrint) return 1.0;
  cv::Mat near;
  cv::dilate(page, near, square(2));
  cv::bitwise_and(near, print, near);
  return static_cast<double>(cv::countNonZero(near)) / size;
}

// How many pixels the print is fatter on the page than in the blank.
int growth_of(const cv::Mat& page, const cv::Mat& blank) {
  cv::Mat inner;
  cv::dilate(blank, inner, square(1));
  for (int growth = 1; growth < kMostGrowth; ++growth) {
    cv::Mat outer;
    cv::dilate(inner, outer, square(1));
    cv::Mat ring = outer - inner;
    const int size = cv::countNonZero(ring);
    if (size == 0) return growth;
    cv::bitwise_and(ring, page, ring);
    if (cv::countNonZero(ring) < kRingShare * size) return growth;
    inner = outer;
  }
  return kMostGrowth;
}

// Straight elements of `length` pixels in four directions.
std::array<cv::Mat, 4> bridges(int length) {
  std::array<cv::Mat, 4> elements;
  elements[0] = cv::Mat::ones(1, length, CV_8U);
  elements[1] = cv::Mat::ones(length, 1, CV_8U);
  elements[2] = cv::Mat::zeros(length, length, CV_8U);
  elements[3] = cv::Mat::zeros(length, length, CV_8U);
  for (int i = 0; i < length; ++i) {
    elements[2].at<std::uint8_t>(i, i) = 1;
    elements[3].at<std::uint8_t>(i, length - 1 - i) = 1;
  }
  return elements;
}

// Gives back to `added` the page's pixels on the print through which a stroke passes.
void add_crossings(cv::Mat& added, const cv::Mat& on_print, int band) {
  const int length = std::min(band, kLongestBridge) | 1;
  const cv::Rect box = around(added, length);
  if (box.empty()) return;
  cv::Mat part = added(box);
  cv::Mat kept = cv::Mat::zeros(box.size(), CV_8U);
  for (const auto& element : bridges(length)) {
    cv::Mat closed;
    cv::morphologyEx(part, closed, cv::MORPH_CLOSE, element);
    cv::bitwise_or(kept, closed, kept);
  }
  cv::bitwise_and(kept, on_print(box), kept);
  cv::bitwise_or(part, kept, part);
}

// Removes specks that lie wholly beside the print: rough edges of its lines.
void drop_edge_remains(cv::Mat& added, const cv::Mat& print) {
  const cv::Rect box = around(added, 0);
  if (box.empty()) return;
  cv::Mat part = added(box);
  cv::Mat near;
  cv::dilate(print(box), near, square(3));  // what lies around the box counts too
  cv::Mat labels;
  const int count = cv::connectedComponents(part, labels, 8, CV_32S);
  std::vector<int> outside(static_cast<std::size_t>(count), 0);
  for (int y = 0; y < part.rows; ++y) {
    const auto* label = labels.ptr<int>(y);
    const auto* beside = near.ptr<std::uint8_t>(y);
    for (int x = 0; x < part.cols; ++x)
      if (beside[x] == 0) ++outside[static_cast<std::size_t>(label[x])];
  }
  for (int y = 0; y < part.rows; ++y) {
    const auto* label = labels.ptr<int>(y);
    auto* ink = part.ptr<std::uint8_t>(y);
    for (int x = 0; x < part.cols; ++x)
      if (label[x] != 0 && outside[static_cast<std::size_t>(label[x])] <= 2) ink[x] = 0;
  }
}

// How far the scanner's feed leans in the cut-out, px a row: the original's columns, or its rows
// when the scan was turned afterwards.
std::optional<double> feed_in(const PatchFrame& frame, const Registration& registration) {
  const auto to_mm = inverse(registration.mm_to_original);
  if (!to_mm) return std::nullopt;
  const Point at = registration.mm_to_original.apply(frame.mm.centre());
  for (const Point along : {Point{0.0, 50.0}, Point{50.0, 0.0}}) {
    const Point from = to_mm->apply({at.x - along.x, at.y - along.y});
    const Point to = to_mm->apply({at.x + along.x, at.y + along.y});
    if (std::abs(to.x - from.x) < std::abs(to.y - from.y)) return (to.x - from.x) / (to.y - from.y);
  }
  return std::nullopt;
}

bool is_set(const cv::Mat& mask, int x, int y) {
  return x >= 0 && x < mask.cols && mask.at<std::uint8_t>(y, x) != 0;
}

// How far a leaning column has moved at every row.
std::vector<int> lean_of(double feed, int rows) {
  std::vector<int> lean(static_cast<std::size_t>(rows));
  for (std::size_t y = 0; y < lean.size(); ++y)
    lean[y] = static_cast<int>(std::lround(feed * static_cast<double>(y)));
  return lean;
}

// How many rows of every column are inked.
std::vector<int> inked_rows(const cv::Mat& mask) {
  cv::Mat sums;
  cv::reduce(mask, sums, 0, cv::REDUCE_SUM, CV_32S);
  sums /= 255;
  return {sums.begin<int>(), sums.end<int>()};
}

// Whether the columns that a leaning one passes hold ink for a streak at all: most do not, and are
// not looked at row by row.
bool enough_near(const std::vector<int>& inked, int start, const std::vector<int>& lean) {
  const auto [least, most] = std::minmax(lean.front(), lean.back());
  const int columns = static_cast<int>(inked.size());
  int rows = 0;
  for (int x = std::max(0, start + least - 1); x <= std::min(columns - 1, start + most + 1); ++x)
    rows += inked[static_cast<std::size_t>(x)];
  return rows >= kStreakShare * static_cast<double>(lean.size()) * kStreakRows;
}

// Whether the leaning column that begins at `start` is a scanner's streak: inked nearly everywhere
// outside the print, at both ends too, and nowhere wide.
bool is_streak(const cv::Mat& free, const cv::Mat& print, int start, const std::vector<int>& lean) {
  const int edge = free.rows / 8;
  int rows = 0;
  int inked = 0;
  int wide = 0;
  int at_top = 0;
  int at_bottom = 0;
  for (int y = 0; y < free.rows; ++y) {
    const int x = start + lean[static_cast<std::size_t>(y)];
    if (x < 0 || x >= free.cols || is_set(print, x, y)) continue;
    ++rows;
    // A hairline wanders by a pixel.
    if (!is_set(free, x, y) && !is_set(free, x - 1, y) && !is_set(free, x + 1, y)) continue;
    ++inked;
    if (is_set(free, x - kStreakWidth, y) || is_set(free, x + kStreakWidth, y)) ++wide;
    at_top += y < edge ? 1 : 0;
    at_bottom += y >= free.rows - edge ? 1 : 0;
  }
  return rows >= kStreakRows * free.rows && inked >= kStreakShare * rows && wide <= 0.35 * inked &&
         at_top > 0 && at_bottom > 0;
}

}  // namespace

Offset best_offset(const cv::Mat& page, const cv::Mat& blank, int reach) {
  const int print = cv::countNonZero(blank);
  if (print == 0) return {};
  const cv::Rect all({0, 0}, page.size());
  const cv::Rect printed = around(blank, 0);
  cv::Mat both;
  Offset best;
  double best_score = -1.0;
  const auto attempt = [&](Offset at) {
    const cv::Rect to = (printed + cv::Point(at.x, at.y)) & all;
    if (to.area() == 0) return;
    cv::bitwise_and(page(to), blank(to - cv::Point(at.x, at.y)), both);
    const double overlap = static_cast<double>(cv::countNonZero(both)) / print;
    const double score = overlap - kMovePenalty * (std::abs(at.x) + std::abs(at.y));
    if (score > best_score) {
      best_score = score;
      best = at;
    }
  };
  // Lines are at least three pixels wide, so every second offset shows where the best one lies.
  for (int dy = -reach; dy <= reach; dy += 2)
    for (int dx = -reach; dx <= reach; dx += 2) attempt({dx, dy});
  const Offset coarse = best;
  for (int dy = coarse.y - 1; dy <= coarse.y + 1; ++dy)
    for (int dx = coarse.x - 1; dx <= coarse.x + 1; ++dx)
      if (std::abs(dx) <= reach && std::abs(dy) <= reach) attempt({dx, dy});
  return best;
}

cv::Mat subtract_print(const cv::Mat& page, const cv::Mat& blank) {
  if (cv::countNonZero(blank) == 0) return page.clone();
  const int growth = growth_of(page, blank);
  cv::Mat print;
  cv::dilate(blank, print, square(growth));
  if (cv::countNonZero(page & ~print) < kLeastBeside) return cv::Mat::zeros(page.size(), CV_8U);
  const PrintParts parts = parts_of(blank);
  cv::Mat other;
  cv::dilate(parts.other, other, square(growth));
  cv::Mat gone;
  cv::bitwise_and(page, other, gone);
  cv::bitwise_or(gone, bare_lines(page, parts, growth), gone);
  cv::Mat added;
  cv::bitwise_and(page, ~gone, added);
  drop_edge_remains(added, print);
  add_crossings(added, gone, 2 * depth_of(print) + 2);
  return added;
}

cv::Mat feed_streaks(const cv::Mat& page, const cv::Mat& blank, double feed) {
  cv::Mat print;
  cv::dilate(blank, print, square(3));
  const cv::Mat free = page & ~print;  // what no printed line explains
  if (cv::countNonZero(free) < kStreakRows * page.rows) return cv::Mat::zeros(page.size(), CV_8U);
  cv::Mat streaks = cv::Mat::zeros(page.size(), CV_8U);
  const std::vector<int> lean = lean_of(feed, page.rows);
  const std::vector<int> inked = inked_rows(free);
  for (int start = 0; start < page.cols; ++start)
    if (enough_near(inked, start, lean) && is_streak(free, print, start, lean))
      for (int y = 0; y < page.rows; ++y)
        for (int side = -1; side <= 1; ++side)
          if (const int x = start + lean[static_cast<std::size_t>(y)] + side; is_set(page, x, y))
            streaks.at<std::uint8_t>(y, x) = 255;
  return streaks;
}

AddedInk added_to(const GrayImage& original, const Registration& registration,
                  const BlankPage& blank, const PatchFrame& frame) {
  AddedInk added;
  added.page = cut_page(original, registration, frame);
  const cv::Mat page = ink_mask(added.page, original.is_bilevel, frame.dpi);
  cv::Mat print = cut_blank(blank, frame);
  const int reach = static_cast<int>(std::lround(kReachMm * pixels_per_mm(frame.dpi)));
  print = moved(print, best_offset(page, print, reach));
  added.print_found = share_found(page, print);
  if (const auto feed = feed_in(frame, registration))
    cv::bitwise_or(print, feed_streaks(page, print, *feed), print);
  added.mask = subtract_print(page, print);
  return added;
}

cv::Mat added_mask(const GrayImage& original, const Registration& registration,
                   const BlankPage& blank, const PatchFrame& frame) {
  return added_to(original, registration, blank, frame).mask;
}

GrayImage as_picture(const cv::Mat& mask, Dpi dpi) {
  GrayImage picture;
  picture.pixels = ~mask;
  picture.dpi = dpi;
  picture.is_bilevel = true;
  return picture;
}

GrayImage added_ink(const GrayImage& original, const Registration& registration,
                    const BlankPage& blank, const Rect& zone_mm, Dpi dpi) {
  return as_picture(added_mask(original, registration, blank, PatchFrame{zone_mm, dpi}), dpi);
}

}  // namespace postkamer::extract
