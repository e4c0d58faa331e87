// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/extract/foreign_ink.h"

#include <cmath>

#include <opencv2/imgproc.hpp>

namespace postkamer::extract {
namespace {

constexpr double kPpm = 2.0;
// Writing leaves its field by this much, mm.
constexpr double kFieldMargin = 1.5;
// Pieces stand together that are this near to each other, mm.
constexpr double kGapAcross = 3.0;
constexpr double kGapDown = 2.0;
// Parts of one stamp are up to this far apart, mm.
constexpr double kBetween = 8.0;
// Of foreign pieces at least so much ink lies outside the fields, square mm and share.
constexpr double kLeastOutside = 4.0;
constexpr double kOutsideShare = 0.15;

int px(double mm) { return static_cast<int>(std::lround(mm * kPpm)); }

cv::Mat rectangle(double across, double down) {
  return cv::getStructuringElement(cv::MORPH_RECT, {2 * px(across) + 1, 2 * px(down) + 1});
}

cv::Rect px_of(const Rect& mm) {
  return {cv::Point(static_cast<int>(std::floor(mm.x * kPpm)),
                    static_cast<int>(std::floor(mm.y * kPpm))),
          cv::Point(static_cast<int>(std::ceil(mm.right() * kPpm)),
                    static_cast<int>(std::ceil(mm.bottom() * kPpm)))};
}

// Where writing is a field's own.
cv::Mat own_places(const std::vector<Rect>& fields, cv::Size size) {
  cv::Mat own = cv::Mat::zeros(size, CV_8U);
  for (const Rect& field : fields)
    own(px_of(grown(field, kFieldMargin)) & cv::Rect({0, 0}, size)) = 255;
  return own;
}

// Which groups are foreign, by label; `ink`: how much of every pixel is inked, 0..255.
std::vector<bool> foreign_groups(const cv::Mat& ink, const cv::Mat& own, const cv::Mat& groups,
                                 int count) {
  std::vector<double> all(static_cast<std::size_t>(count), 0.0);
  std::vector<double> outside(all);
  for (int y = 0; y < ink.rows; ++y) {
    const auto* group = groups.ptr<int>(y);
    const auto* dark = ink.ptr<std::uint8_t>(y);
    const auto* is_own = own.ptr<std::uint8_t>(y);
    for (int x = 0; x < ink.cols; ++x) {
      const auto at = static_cast<std::size_t>(group[x]);
      all[at] += dark[x];
      if (is_own[x] == 0) outside[at] += dark[x];
    }
  }
  constexpr double kLeast = kLeastOutside * 255.0 * kPpm * kPpm;
  std::vector<bool> foreign(all.size(), false);
  for (std::size_t i = 1; i < all.size(); ++i)
    foreign[i] = outside[i] >= kLeast && outside[i] >= kOutsideShare * all[i];
  return foreign;
}

}  // namespace

ForeignInk::ForeignInk(const cv::Mat& stray, double ppm, const std::vector<Rect>& fields) {
  cv::Mat ink;
  cv::resize(stray, ink, {}, kPpm / ppm, kPpm / ppm, cv::INTER_AREA);
  cv::Mat joined;
  cv::dilate(ink > 0, joined, rectangle(kGapAcross / 2.0, kGapDown / 2.0));
  cv::Mat groups;
  const int count = cv::connectedComponents(joined, groups, 8, CV_32S);
  const std::vector<bool> foreign =
      foreign_groups(ink, own_places(fields, ink.size()), groups, count);
  near_ = cv::Mat::zeros(ink.size(), CV_8U);
  for (int y = 0; y < ink.rows; ++y)
    for (int x = 0; x < ink.cols; ++x)
      if (foreign[static_cast<std::size_t>(groups.at<int>(y, x))])
        near_.at<std::uint8_t>(y, x) = 255;
  // What lies between two parts of a stamp, or within its frame, is the stamp's too.
  cv::morphologyEx(near_, near_, cv::MORPH_CLOSE, rectangle(kBetween / 2.0, kBetween / 2.0));
  std::vector<std::vector<cv::Point>> outlines;
  cv::findContours(near_.clone(), outlines, cv::RETR_EXTERNAL, cv::CHAIN_APPROX_SIMPLE);
  cv::drawContours(near_, outlines, -1, 255, cv::FILLED);
}

bool ForeignInk::touches(const Rect& mm) const {
  const cv::Rect box = px_of(mm) & cv::Rect({0, 0}, near_.size());
  return !box.empty() && cv::countNonZero(near_(box)) > 0;
}

cv::Mat ForeignInk::taken_from(const cv::Mat& mask, const PatchFrame& frame) const {
  if (!touches(frame.mm)) return mask;
  cv::Mat out = mask.clone();
  const Transform to_mm = frame.px_to_mm();
  for (int y = 0; y < out.rows; ++y) {
    auto* row = out.ptr<std::uint8_t>(y);
    for (int x = 0; x < out.cols; ++x) {
      if (row[x] == 0) continue;
      const Point at = to_mm.apply({x + 0.5, y + 0.5});
      const cv::Point there(static_cast<int>(at.x * kPpm), static_cast<int>(at.y * kPpm));
      if (cv::Rect({0, 0}, near_.size()).contains(there) && near_.at<std::uint8_t>(there) != 0)
        row[x] = 0;
    }
  }
  return out;
}

}  // namespace postkamer::extract
