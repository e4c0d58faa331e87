// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/extract/registration_patches.h"

#include <algorithm>
#include <cmath>

#include <opencv2/imgproc.hpp>

namespace postkamer::extract {
namespace {

// Top of a parabola through three values, in -0.5..0.5.
double fraction(double before, double at, double after) {
  const double curve = before + after - 2.0 * at;
  return curve < 0.0 ? std::clamp(0.5 * (before - after) / curve, -0.5, 0.5) : 0.0;
}

struct Level {
  const cv::Mat& pixels;
  Transform mm_to_level;
  double ppm;
};

std::vector<PointPair> find(const Level& level, const std::vector<BlankPatch>& patches,
                            const PatchSearch& search) {
  std::vector<PointPair> pairs;
  const int reach = std::max(2, static_cast<int>(std::lround(search.reach_mm * level.ppm)));
  cv::Mat scores;
  for (const BlankPatch& patch : patches) {
    const int size = patch.pixels.cols + 2 * reach;
    const cv::Mat around = fetch(level.pixels, level.mm_to_level, patch.centre, size, level.ppm);
    cv::matchTemplate(around, patch.pixels, scores, cv::TM_CCOEFF_NORMED);
    double top = 0.0;
    cv::Point peak;
    cv::minMaxLoc(scores, nullptr, &top, nullptr, &peak);
    // A peak on the rim is the slope of one outside.
    if (top < search.least_score || peak.x == 0 || peak.y == 0 || peak.x == scores.cols - 1 ||
        peak.y == scores.rows - 1)
      continue;
    const auto value = [&](int x, int y) {
      return static_cast<double>(scores.at<float>(peak.y + y, peak.x + x));
    };
    const double dx = peak.x - reach + fraction(value(-1, 0), top, value(1, 0));
    const double dy = peak.y - reach + fraction(value(0, -1), top, value(0, 1));
    pairs.push_back(
        {patch.centre, {patch.centre.x + dx / level.ppm, patch.centre.y + dy / level.ppm}, top});
  }
  return pairs;
}

}  // namespace

std::vector<PointPair> find_patches(const PageLevels& levels, const PreparedBlank& blank,
                                    const Transform& guess, const PatchSearch& search) {
  return find({levels.fine, then(guess, levels.upright_to_fine), kFinePpm}, blank.patches, search);
}

std::vector<PointPair> find_blocks(const PageLevels& levels, const PreparedBlank& blank,
                                   const Transform& guess, const PatchSearch& search) {
  return find({levels.block, then(guess, levels.upright_to_block), kBlockPpm}, blank.blocks,
              search);
}

}  // namespace postkamer::extract
