// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/extract/own_ink.h"

#include <opencv2/core.hpp>

#include "pipeline/extract/ink_strength.h"

namespace postkamer::extract {
namespace {

// Marks and signatures of twin-dev have half of the print's darkness and more (figures in
// classifiers/mark/README.md); what shines through, coffee and highlighters mostly a third.
constexpr double kPaleShare = 0.45;
// And so much of their ink is that dark; less where pale ink lies over a printed line.
constexpr double kLeastDark = 0.25;
// Of what was read, from which share on it is foreign.
constexpr double kForeignShare = 0.1;

}  // namespace

std::string_view doubt_about(const ZonePage& page, const PatchFrame& frame, const AddedInk& ink,
                             const std::function<bool(const cv::Mat&)>& is_same) {
  const Surroundings& around = page.surroundings;
  if (around.foreign.touches(frame.mm) && !is_same(around.foreign.taken_from(ink.mask, frame)))
    return "ink_from_elsewhere";
  if (around.print_darkness <= 0.0) return {};
  const cv::Mat dark = darker_than(ink.page, ink.mask, kPaleShare * around.print_darkness);
  const bool is_mostly_pale = cv::countNonZero(dark) < kLeastDark * cv::countNonZero(ink.mask);
  return is_mostly_pale || !is_same(dark) ? "ink_pale" : "";
}

bool is_foreign(const cv::Mat& ink, const cv::Mat& own) {
  const int foreign = cv::countNonZero(ink & ~own);
  return foreign > 0 && foreign >= kForeignShare * cv::countNonZero(ink);
}

}  // namespace postkamer::extract
