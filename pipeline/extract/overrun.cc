// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/extract/overrun.h"

#include <opencv2/imgproc.hpp>

#include "pipeline/extract/added_ink.h"

namespace postkamer::extract {
namespace {

// A line whose last stroke ends so long before the box does has stopped in time, mm.
constexpr double kNearEnd = 2.5;
// How far beside the box is looked, and how far back into it for strokes that cross its end, mm.
constexpr double kReach = 8.0;
constexpr double kOverlap = 1.0;
// From letter to letter; what stands further away is a neighbour's, mm.
constexpr double kGap = 2.0;
// Lower strokes are specks, dashes and dots; higher ones are frames, mm.
constexpr double kLeastHeight = 1.2;
constexpr double kMostHeight = 9.0;

}  // namespace

bool runs_over(const ZonePage& page, const Rect& box, const cv::Mat& line,
               const PatchFrame& frame) {
  const cv::Rect ink = cv::boundingRect(line);
  const Rect written =
      frame.px_to_mm().bounds({static_cast<double>(ink.x), static_cast<double>(ink.y),
                               static_cast<double>(ink.width), static_cast<double>(ink.height)});
  if (written.right() < box.right() - kNearEnd) return false;
  // As high as the zone's own cut-out: in a lower one letters look like lines that a scanner draws.
  const PatchFrame beside{{box.right() - kOverlap, frame.mm.y, kReach + kOverlap, frame.mm.height},
                          kZoneDpi};
  const cv::Mat added = added_mask(page.original, page.registration, page.blank, beside);
  cv::Mat labels;
  cv::Mat stats;
  cv::Mat centres;
  const int strokes = cv::connectedComponentsWithStats(added, labels, stats, centres, 8, CV_32S);
  const double px_per_mm = pixels_per_mm(kZoneDpi);
  for (int label = 1; label < strokes; ++label) {
    const double left = beside.mm.x + stats.at<int>(label, cv::CC_STAT_LEFT) / px_per_mm;
    const double right = left + stats.at<int>(label, cv::CC_STAT_WIDTH) / px_per_mm;
    const double height = stats.at<int>(label, cv::CC_STAT_HEIGHT) / px_per_mm;
    const double middle = beside.mm.y + centres.at<double>(label, 1) / px_per_mm;
    const bool is_letter = height >= kLeastHeight && height <= kMostHeight && middle > written.y &&
                           middle < written.bottom();
    if (is_letter && right > written.right() + kOverlap && left < written.right() + kGap)
      return true;
  }
  return false;
}

}  // namespace postkamer::extract
