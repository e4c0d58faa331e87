// SPDX-License-Identifier: EUPL-1.2
#include "classifiers/lines/line_picture.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <opencv2/imgproc.hpp>

namespace postkamer::lines {
namespace {

constexpr double kBody = 32.0;
constexpr int kSmallest = 28;  // px at 300 dpi
constexpr double kOutliers = 0.01;
constexpr int kLongest = 1600;   // px of the picture
constexpr int kPaper = 32;       // ink weaker than this is paper
constexpr int kExtentInk = 128;  // ink at least this dark marks the line's ends
constexpr int kMargin = 6;       // columns of paper at each end

struct Span {
  int from = 0;
  int to = 0;  // one past the last
};

// The rows between which all but the outliers of the ink lies.
Span body_of(const cv::Mat& ink) {
  cv::Mat rows;
  cv::reduce(ink, rows, 1, cv::REDUCE_SUM, CV_64F);
  const double total = cv::sum(rows)[0];
  if (total < 255.0) return {};
  Span span{-1, ink.rows};
  double run = 0.0;
  for (int y = 0; y < ink.rows; ++y) {
    run += rows.at<double>(y);
    if (span.from < 0 && run >= kOutliers * total) span.from = y;
    if (run >= (1.0 - kOutliers) * total) {
      span.to = y + 1;
      break;
    }
  }
  return span;
}

Span columns_of(const cv::Mat& ink) {
  cv::Mat columns;
  cv::reduce(ink, columns, 0, cv::REDUCE_MAX);
  Span span{-1, 0};
  for (int x = 0; x < columns.cols; ++x) {
    if (columns.at<std::uint8_t>(x) < kExtentInk) continue;
    if (span.from < 0) span.from = x;
    span.to = x + 1;
  }
  return span;
}

// Rows `first` to `last` of `ink`, paper where it has none.
cv::Mat rows_of(const cv::Mat& ink, int first, int last) {
  cv::Mat out = cv::Mat::zeros(last - first, ink.cols, CV_8UC1);
  const Span inside{std::max(0, first), std::min(ink.rows, last)};
  if (inside.from < inside.to)
    ink.rowRange(inside.from, inside.to)
        .copyTo(out.rowRange(inside.from - first, inside.to - first));
  return out;
}

}  // namespace

PlacedPicture placed_picture(const GrayImage& line) {
  if (line.pixels.empty()) return {};
  cv::Mat ink = ~line.pixels;
  cv::threshold(ink, ink, kPaper - 1, 0, cv::THRESH_TOZERO);
  const Span body = body_of(ink);
  const Span columns = columns_of(ink);
  if (body.to <= body.from || columns.from < 0) return {};
  const double scale = kBody / std::max(body.to - body.from, kSmallest);
  const double half = kSide / 2.0 / scale;
  const double middle = (body.from + body.to) / 2.0;
  const cv::Mat cut =
      rows_of(ink.colRange(columns.from, columns.to), static_cast<int>(std::floor(middle - half)),
              static_cast<int>(std::ceil(middle + half)));
  const int width = static_cast<int>(
      std::clamp(std::nearbyint((columns.to - columns.from) * scale), 8.0, double{kLongest}));
  cv::Mat small;
  cv::resize(cut, small, {width, kSide}, 0, 0, scale < 1 ? cv::INTER_AREA : cv::INTER_LINEAR);
  PlacedPicture out;
  cv::copyMakeBorder(small, out.pixels, 0, 0, kMargin, kMargin + width % 2, cv::BORDER_CONSTANT,
                     cv::Scalar(0));
  out.left = columns.from;
  out.scale = static_cast<double>(width) / (columns.to - columns.from);
  out.start = kMargin;
  return out;
}

cv::Mat line_picture(const GrayImage& line) { return placed_picture(line).pixels; }

}  // namespace postkamer::lines
