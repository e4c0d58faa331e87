// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/extract/registration_blank.h"

#include <algorithm>
#include <cmath>

#include <opencv2/imgproc.hpp>

#include "pipeline/extract/registration_levels.h"

namespace postkamer::extract {
namespace {

constexpr double kPatchPitchMm = 19.0;
constexpr double kBlockPitchMm = 34.0;
constexpr std::size_t kMostPatches = 72;
constexpr double kEdgeMm = 3.0;  // print nearer to the paper's edge is often cut off

// Print in tints comes out of a bilevel scanner black or not at all. Light fills (above 235) are
// paper; what is darker than 120 is full ink.
cv::Mat hardened(const cv::Mat& gray) {
  cv::Mat out;
  gray.convertTo(out, CV_8U, 255.0 / (235.0 - 120.0), -120.0 * 255.0 / (235.0 - 120.0));
  return out;
}

// The lesser eigenvalue of the structure tensor over a window (J. Shi and C. Tomasi, "Good features
// to track", CVPR 1994): large where a patch is held in both directions.
cv::Mat held_both_ways(const cv::Mat& pixels, int window) {
  cv::Mat dx, dy;
  cv::Sobel(pixels, dx, CV_32F, 1, 0, 3, 1.0 / 1020.0);
  cv::Sobel(pixels, dy, CV_32F, 0, 1, 3, 1.0 / 1020.0);
  cv::Mat xx, yy, xy;
  cv::boxFilter(dx.mul(dx), xx, CV_32F, {window, window});
  cv::boxFilter(dy.mul(dy), yy, CV_32F, {window, window});
  cv::boxFilter(dx.mul(dy), xy, CV_32F, {window, window});
  cv::Mat root;
  cv::Mat difference = (xx - yy) * 0.5;
  cv::sqrt(difference.mul(difference) + xy.mul(xy), root);
  return (xx + yy) * 0.5 - root;
}

struct Spot {
  Point mm;
  float strength = 0.0F;
};

// The best spot of each square of a grid, strongest first.
std::vector<Spot> best_spots(const cv::Mat& strength, double pitch_mm, double margin_mm) {
  std::vector<Spot> spots;
  const int pitch = static_cast<int>(pitch_mm * kBlockPpm);
  const int margin = static_cast<int>(margin_mm * kBlockPpm);
  for (int y = margin; y < strength.rows - margin; y += pitch)
    for (int x = margin; x < strength.cols - margin; x += pitch) {
      const cv::Rect square{x, y, std::min(pitch, strength.cols - margin - x),
                            std::min(pitch, strength.rows - margin - y)};
      double top = 0.0;
      cv::Point where;
      cv::minMaxLoc(strength(square), nullptr, &top, nullptr, &where);
      if (top > 0.002)
        spots.push_back({{(x + where.x + 0.5) / kBlockPpm, (y + where.y + 0.5) / kBlockPpm},
                         static_cast<float>(top)});
    }
  std::stable_sort(spots.begin(), spots.end(),
                   [](const Spot& a, const Spot& b) { return a.strength > b.strength; });
  return spots;
}

cv::Mat whole_page(const PageLevels& levels, const BlankPage& blank, double ppm) {
  const int width = static_cast<int>(std::lround(blank.width_mm * ppm));
  const int height = static_cast<int>(std::lround(blank.height_mm * ppm));
  cv::Mat out;
  const cv::Mat& from = ppm > kBlockPpm ? levels.fine : levels.block;
  cv::resize(from, out, {width, height}, 0, 0, cv::INTER_AREA);
  return out;
}

}  // namespace

PreparedBlank prepare_blank(const BlankPage& blank) {
  PreparedBlank prepared;
  prepared.width_mm = blank.width_mm;
  prepared.height_mm = blank.height_mm;
  if (blank.image.pixels.empty()) return prepared;
  GrayImage image = blank.image;
  image.pixels = hardened(blank.image.pixels);
  const PageLevels levels = make_levels(image);
  const double ppm = levels.upright_ppm;
  const Transform mm_to_fine = then(Transform::scale(ppm, ppm), levels.upright_to_fine);
  const Transform mm_to_block = then(Transform::scale(ppm, ppm), levels.upright_to_block);
  prepared.coarse = levels.coarse;
  cv::bitwise_not(whole_page(levels, blank, kPrintPpm), prepared.print);
  cv::Mat inside;
  cv::erode(prepared.print, inside, cv::getStructuringElement(cv::MORPH_RECT, {5, 5}));
  cv::subtract(prepared.print, inside, prepared.outline);
  const cv::Mat block = whole_page(levels, blank, kBlockPpm);
  const int window = static_cast<int>(kPatchSize / kFinePpm * kBlockPpm);
  const double half_patch = kPatchSize / kFinePpm / 2.0 + kEdgeMm;
  for (const Spot& spot : best_spots(held_both_ways(block, window), kPatchPitchMm, half_patch)) {
    if (prepared.patches.size() >= kMostPatches) break;
    prepared.patches.push_back(
        {spot.mm, fetch(levels.fine, mm_to_fine, spot.mm, kPatchSize, kFinePpm)});
  }
  const double half_block = kBlockSize / kBlockPpm / 2.0;
  for (const Spot& spot : best_spots(held_both_ways(block, kBlockSize), kBlockPitchMm, half_block))
    prepared.blocks.push_back(
        {spot.mm, fetch(levels.block, mm_to_block, spot.mm, kBlockSize, kBlockPpm)});
  return prepared;
}

}  // namespace postkamer::extract
