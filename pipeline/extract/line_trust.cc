// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/extract/line_trust.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include <opencv2/imgproc.hpp>

namespace postkamer::extract {
namespace {

// How much a comb that looks typed, and one that does not, tells of its page (log odds): of
// twin-dev's typed combs some 65 % look typed, of those by pen 1.5 %.
constexpr double kLooksTyped = 3.8;
constexpr double kLooksWritten = 1.0;
constexpr double kSurelyTyped = 3.9;

// Strokes of this share of the usual height stand on the base line; of print at least this share
// does, within so many px.
constexpr double kTallStroke = 0.6;
constexpr double kStandingShare = 0.8;
constexpr int kBaseLinePx = 2;
constexpr std::ptrdiff_t kLeastLetters = 2;

bool is_letter(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || byte >= 0xC0;
}

}  // namespace

bool is_typed_page(const std::vector<bool>& combs) {
  double odds = 0.0;
  for (const bool looks_typed : combs) odds += looks_typed ? kLooksTyped : -kLooksWritten;
  return odds >= kSurelyTyped;
}

bool stands_straight(const cv::Mat& line) {
  cv::Mat labels;
  cv::Mat stats;
  cv::Mat centres;
  const int count = cv::connectedComponentsWithStats(line, labels, stats, centres, 8, CV_32S);
  std::vector<int> heights;
  for (int i = 1; i < count; ++i) heights.push_back(stats.at<int>(i, cv::CC_STAT_HEIGHT));
  if (heights.size() < 2) return false;
  std::vector<int> sorted = heights;
  std::sort(sorted.begin(), sorted.end());
  const double usual = sorted[sorted.size() * 3 / 4];
  std::vector<int> bottoms;
  for (int i = 1; i < count; ++i)
    if (heights[static_cast<std::size_t>(i) - 1] > kTallStroke * usual)
      bottoms.push_back(stats.at<int>(i, cv::CC_STAT_TOP) + stats.at<int>(i, cv::CC_STAT_HEIGHT));
  std::ptrdiff_t most = 0;
  for (const int base : bottoms)
    most = std::max(most, std::count_if(bottoms.begin(), bottoms.end(), [&](int bottom) {
                      return std::abs(bottom - base) <= kBaseLinePx;
                    }));
  return bottoms.size() >= 2 &&
         static_cast<double>(most) >= kStandingShare * static_cast<double>(bottoms.size());
}

std::string_view line_curve(const cv::Mat& line, std::string_view text,
                            const LineContext& context) {
  if (std::count_if(text.begin(), text.end(), is_letter) < kLeastLetters) return "line.short";
  if (!context.is_typed_page || !stands_straight(line)) return "line.pen";
  return context.is_prose ? "prose.typed" : "line.typed";
}

}  // namespace postkamer::extract
