// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/extract/registration_match.h"

#include <algorithm>

#include <opencv2/imgproc.hpp>

#include "pipeline/extract/registration_patches.h"

namespace postkamer::extract {
namespace {

constexpr int kTile = 64;      // px of the print map: 16 mm
constexpr int kInkAbove = 90;  // of a print map

std::optional<Alignment> fitted(const std::vector<PointPair>& pairs, const Transform& guess,
                                const FitOptions& options) {
  const auto fit = fit_robust(pairs, options);
  if (!fit) return std::nullopt;
  Alignment alignment;
  alignment.mm_to_upright = then(fit->map, guess);
  alignment.residual_mm = fit->residual_mm;
  alignment.points = static_cast<int>(fit->agreed.size());
  return alignment;
}

}  // namespace

std::optional<Alignment> align_roughly(const PageLevels& levels, const PreparedBlank& blank,
                                       const Transform& guess) {
  const auto pairs = find_blocks(levels, blank, guess, {6.0, 0.30});
  return fitted(pairs, guess, {1.0, 5, true});
}

std::optional<Alignment> align_finely(const PageLevels& levels, const PreparedBlank& blank,
                                      const Transform& guess) {
  const auto wide = fitted(find_patches(levels, blank, guess, {1.2, 0.45}), guess, {0.5, 8, true});
  if (!wide) return std::nullopt;
  // Once more from the better place: the patches that lay at the rim of the search come in, and
  // each is compared where it is, not half a millimetre beside it.
  const Transform& nearer = wide->mm_to_upright;
  auto close = fitted(find_patches(levels, blank, nearer, {0.7, 0.45}), nearer, {0.3, 8, true});
  return close ? close : wide;
}

cv::Mat page_print(const PageLevels& levels, const PreparedBlank& blank,
                   const Transform& mm_to_upright) {
  const Transform to_fine = then(mm_to_upright, levels.upright_to_fine);
  // Print px (centres) -> mm -> fine px (centres).
  const Transform map = then(then(then(Transform::translation(0.5, 0.5),
                                       Transform::scale(1.0 / kPrintPpm, 1.0 / kPrintPpm)),
                                  to_fine),
                             Transform::translation(-0.5, -0.5));
  const auto& m = map.m;
  cv::Mat out;
  if (m[6] == 0.0 && m[7] == 0.0) {
    const cv::Matx23d matrix{m[0], m[1], m[2], m[3], m[4], m[5]};
    cv::warpAffine(levels.fine, out, matrix, blank.print.size(),
                   cv::INTER_LINEAR | cv::WARP_INVERSE_MAP, cv::BORDER_CONSTANT, 255);
  } else {
    const cv::Matx33d matrix{m[0], m[1], m[2], m[3], m[4], m[5], m[6], m[7], m[8]};
    cv::warpPerspective(levels.fine, out, matrix, blank.print.size(),
                        cv::INTER_LINEAR | cv::WARP_INVERSE_MAP, cv::BORDER_CONSTANT, 255);
  }
  cv::bitwise_not(out, out);
  return out;
}

std::vector<PrintTile> print_tiles(const cv::Mat& ink, const PreparedBlank& blank) {
  cv::Mat near;
  cv::dilate(ink, near, cv::getStructuringElement(cv::MORPH_RECT, {3, 3}));
  cv::Mat hit;
  cv::bitwise_and(blank.outline, near, hit);
  std::vector<PrintTile> tiles;
  for (int y = 0; y < near.rows; y += kTile)
    for (int x = 0; x < near.cols; x += kTile) {
      const cv::Rect tile{x, y, std::min(kTile, near.cols - x), std::min(kTile, near.rows - y)};
      const double print = cv::sum(blank.outline(tile))[0];
      if (print <= 0.0) continue;
      tiles.push_back({print, cv::sum(hit(tile))[0] / print,
                       cv::countNonZero(near(tile)) / static_cast<double>(tile.area())});
    }
  return tiles;
}

double match_share(const cv::Mat& page_print, const PreparedBlank& blank) {
  if (blank.outline.empty() || page_print.size() != blank.outline.size()) return 0.0;
  cv::Mat ink;
  cv::threshold(page_print, ink, kInkAbove, 255, cv::THRESH_BINARY);
  double found = 0.0;
  double total = 0.0;
  for (const PrintTile& tile : print_tiles(ink, blank)) {
    // A tile that is black all over tells nothing and weighs nothing.
    found += tile.print * std::max(0.0, tile.found - tile.chance);
    total += tile.print * (1.0 - tile.chance);
  }
  return total > 0.0 ? std::clamp(found / total, 0.0, 1.0) : 0.0;
}

}  // namespace postkamer::extract
