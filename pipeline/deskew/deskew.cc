// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/deskew/deskew.h"

#include <cmath>
#include <cstdio>
#include <string>

#include <opencv2/imgproc.hpp>

#include "pipeline/deskew/binarise.h"
#include "pipeline/deskew/rotate.h"

namespace postkamer::deskew {
namespace {

constexpr double kMaxPixels = 200e6;
// Below this the picture is left alone: over an A4's width it is a tenth of a millimetre, and every
// resampling costs some sharpness.
constexpr double kSmallestTurn = 0.03;

// Less sure than this, paler lines are asked too.
constexpr double kSureOfInk = 0.8;

// The skew by a page's ink; where that tells little, by the rules of its paper too.
SkewEstimate skew_of(const GrayImage& page, const GrayImage& ink, Degrees max_skew) {
  const SkewEstimate estimate = estimate_skew(ink, max_skew);
  if (page.is_bilevel || estimate.confidence >= kSureOfInk) return estimate;
  const SkewEstimate pale = estimate_skew(with_pale_lines(page), max_skew);
  return pale.confidence > estimate.confidence ? pale : estimate;
}

std::string evidence_of(const SkewEstimate& estimate) {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "confidence %.2f", estimate.confidence);
  return text.data();
}

}  // namespace

Result<UprightPage> deskew(const GrayImage& page, const DeskewOptions& options) {
  if (page.pixels.empty() || page.pixels.type() != CV_8UC1)
    return fail(ErrorCode::internal, "picture_empty",
                "straightening a page: expected gray pixels, found none");
  try {
    UprightPage result;
    const cv::Mat margin = ink_margin(page);
    result.upright = page.is_bilevel ? page : cut_margin(margin, page.dpi);
    const SkewEstimate estimate = skew_of(page, result.upright, options.max_skew);
    QualityReport report = measure_quality(page);
    result.quality = report.quality;
    result.findings = std::move(report.findings);
    if (estimate.confidence < options.min_confidence) {
      result.findings.push_back({"skew_uncertain", "", 0, Severity::notice, evidence_of(estimate)});
      return result;
    }
    result.skew_confidence = estimate.confidence;
    if (std::abs(estimate.angle.value) < kSmallestTurn) return result;
    const Degrees turn{-estimate.angle.value};
    const Rotation rotation = rotation_by(turn, page.width(), page.height());
    const double pixels = static_cast<double>(rotation.canvas.width) * rotation.canvas.height;
    if (pixels > kMaxPixels)
      return fail(ErrorCode::resource_limit, "limit_page_pixels",
                  "rotating a page: the limit is 200 megapixels, needed are " +
                      std::to_string(static_cast<long>(pixels / 1e6)));
    result.upright = cut_margin(rotated(margin, turn, rotation), page.dpi);
    result.original_to_upright = rotation.map;
    result.skew = estimate.angle;
    return result;
  } catch (const std::exception& error) {
    return fail(ErrorCode::internal, "deskew_failed",
                std::string("straightening a page: ") + error.what());
  }
}

GrayImage turned(const GrayImage& page, QuarterTurn turn) {
  GrayImage out = page;
  cv::Mat moved;  // of its own: a half turn into shared pixels would change the caller's page
  switch (turn) {
    case QuarterTurn::none: return out;
    case QuarterTurn::right: cv::rotate(page.pixels, moved, cv::ROTATE_90_CLOCKWISE); break;
    case QuarterTurn::half: cv::rotate(page.pixels, moved, cv::ROTATE_180); break;
    case QuarterTurn::left: cv::rotate(page.pixels, moved, cv::ROTATE_90_COUNTERCLOCKWISE); break;
  }
  out.pixels = moved;
  return out;
}

Transform turn_transform(int width, int height, QuarterTurn turn) {
  const auto w = static_cast<double>(width);
  const auto h = static_cast<double>(height);
  switch (turn) {
    case QuarterTurn::none: break;
    case QuarterTurn::right: return {{0, -1, h, 1, 0, 0, 0, 0, 1}};
    case QuarterTurn::half: return {{-1, 0, w, 0, -1, h, 0, 0, 1}};
    case QuarterTurn::left: return {{0, 1, 0, -1, 0, w, 0, 0, 1}};
  }
  return Transform::identity();
}

}  // namespace postkamer::deskew
