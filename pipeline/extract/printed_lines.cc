// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/extract/printed_lines.h"

#include <algorithm>
#include <vector>

#include <opencv2/imgproc.hpp>

namespace postkamer::extract {
namespace {

// Print at least this long (px at 300 dpi, 2.4 mm) in one direction is a line.
constexpr int kLineLength = 28;
// A line may be this much thicker in places than its median without anything lying on it.
constexpr int kRoughness = 2;

cv::Mat opened(const cv::Mat& mask, cv::Size element) {
  cv::Mat out;
  cv::morphologyEx(mask, out, cv::MORPH_OPEN, cv::getStructuringElement(cv::MORPH_RECT, element));
  return out;
}

cv::Mat fatter(const cv::Mat& mask, int radius) {
  cv::Mat out;
  cv::dilate(mask, out,
             cv::getStructuringElement(cv::MORPH_RECT, {2 * radius + 1, 2 * radius + 1}));
  return out;
}

// For every ink pixel the length of its run down the column. Row by row, for the cache's sake: runs
// are counted on the way down and handed back up.
cv::Mat runs_down(const cv::Mat& ink) {
  cv::Mat runs = cv::Mat::zeros(ink.size(), CV_16U);
  for (int y = 0; y < ink.rows; ++y) {
    const auto* here = ink.ptr<std::uint8_t>(y);
    auto* run = runs.ptr<std::uint16_t>(y);
    const auto* above = y > 0 ? runs.ptr<std::uint16_t>(y - 1) : nullptr;
    for (int x = 0; x < ink.cols; ++x)
      if (here[x] != 0) run[x] = static_cast<std::uint16_t>(above == nullptr ? 1 : above[x] + 1);
  }
  for (int y = ink.rows - 2; y >= 0; --y) {
    auto* run = runs.ptr<std::uint16_t>(y);
    const auto* below = runs.ptr<std::uint16_t>(y + 1);
    for (int x = 0; x < ink.cols; ++x)
      if (run[x] != 0 && below[x] != 0) run[x] = below[x];
  }
  return runs;
}

// Marks in `thin` the ink on the bands whose run is no longer than usual for that band.
void mark_thin(const cv::Mat& page, const cv::Mat& bands, const cv::Mat& runs, cv::Mat thin) {
  cv::Mat labels;
  const int count = cv::connectedComponents(bands, labels, 8, CV_32S);
  std::vector<std::vector<std::uint16_t>> lengths(static_cast<std::size_t>(count));
  for (int y = 0; y < page.rows; ++y) {
    const auto* label = labels.ptr<int>(y);
    const auto* ink = page.ptr<std::uint8_t>(y);
    const auto* run = runs.ptr<std::uint16_t>(y);
    for (int x = 0; x < page.cols; ++x)
      if (label[x] != 0 && ink[x] != 0)
        lengths[static_cast<std::size_t>(label[x])].push_back(run[x]);
  }
  std::vector<int> longest(static_cast<std::size_t>(count), 0);
  for (std::size_t i = 1; i < lengths.size(); ++i) {
    if (lengths[i].empty()) continue;
    const auto middle = lengths[i].begin() + static_cast<std::ptrdiff_t>(lengths[i].size() / 2);
    std::nth_element(lengths[i].begin(), middle, lengths[i].end());
    longest[i] = *middle + kRoughness;
  }
  for (int y = 0; y < page.rows; ++y) {
    const auto* label = labels.ptr<int>(y);
    const auto* ink = page.ptr<std::uint8_t>(y);
    const auto* run = runs.ptr<std::uint16_t>(y);
    auto* out = thin.ptr<std::uint8_t>(y);
    for (int x = 0; x < page.cols; ++x)
      if (label[x] != 0 && ink[x] != 0 && run[x] <= longest[static_cast<std::size_t>(label[x])])
        out[x] = 255;
  }
}

// Ink on the bands whose run down the page is no longer than usual for that band.
cv::Mat thin_parts(const cv::Mat& page, const cv::Mat& bands) {
  cv::Mat thin = cv::Mat::zeros(page.size(), CV_8U);
  const cv::Rect box = cv::boundingRect(bands);
  if (box.empty()) return thin;
  const cv::Mat runs = runs_down(page.colRange(box.x, box.x + box.width));
  mark_thin(page(box), bands(box), runs.rowRange(box.y, box.y + box.height), thin(box));
  return thin;
}

}  // namespace

PrintParts parts_of(const cv::Mat& blank) {
  PrintParts parts;
  parts.across = opened(blank, {kLineLength, 1});
  parts.down = opened(blank, {1, kLineLength});
  parts.other = blank & ~(parts.across | parts.down);
  // Rough ends of lines are not print of their own.
  parts.other = opened(parts.other, {2, 2});
  return parts;
}

cv::Mat bare_lines(const cv::Mat& page, const PrintParts& parts, int growth) {
  const cv::Mat across = fatter(parts.across, growth);
  const cv::Mat down = fatter(parts.down, growth);
  cv::Mat bare = across & down & page;  // corners and crossings of the frame
  bare |= thin_parts(page, across);
  if (cv::countNonZero(down) > 0) bare |= thin_parts(page.t(), down.t()).t();
  return bare;
}

}  // namespace postkamer::extract
