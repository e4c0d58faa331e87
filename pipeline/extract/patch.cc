// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/extract/patch.h"

#include <algorithm>
#include <cmath>

#include <opencv2/imgproc.hpp>

namespace postkamer::extract {
namespace {

// Blank print lighter than this is paper: pale guide lines vanish on the scan as well.
constexpr double kBlankInk = 190.0;
// Share of the darkest print's contrast at which a gray pixel is ink, and its bounds. Ball-point on
// a blurred scan reaches about half the contrast of print; JPEG noise on paper stays under 15.
constexpr double kInkShare = 0.35;
constexpr double kLeastContrast = 22.0;
constexpr double kMostContrast = 60.0;

cv::Matx33d matrix_of(const Transform& map) {
  cv::Matx33d m;
  std::copy(map.m.begin(), map.m.end(), m.val);
  return m;
}

// The paper's own brightness at every pixel: the lightest surroundings, wider than any blot.
cv::Mat paper_level(const cv::Mat& page, Dpi dpi) {
  const int cell = std::max(2, static_cast<int>(std::lround(dpi.value / 40.0)));
  const cv::Size small((page.cols + cell - 1) / cell, (page.rows + cell - 1) / cell);
  cv::Mat coarse;
  cv::resize(page, coarse, small, 0, 0, cv::INTER_AREA);
  cv::dilate(coarse, coarse, cv::getStructuringElement(cv::MORPH_RECT, {7, 7}));
  cv::blur(coarse, coarse, {5, 5}, {-1, -1}, cv::BORDER_REPLICATE);
  cv::Mat level;
  cv::resize(coarse, level, page.size(), 0, 0, cv::INTER_LINEAR);
  return level;
}

cv::Mat print_of(const cv::Mat& blank) {
  cv::Mat mask;
  cv::threshold(blank, mask, kBlankInk, 255, cv::THRESH_BINARY_INV);
  return mask;
}

// The frame cut along whole pixels: what is lost by half a pixel, aligning finds again.
cv::Mat crop_blank(const BlankPage& blank, const PatchFrame& frame) {
  const double scale = pixels_per_mm(frame.dpi);
  const cv::Size size = frame.size();
  const cv::Rect wanted(static_cast<int>(std::lround(frame.mm.x * scale)),
                        static_cast<int>(std::lround(frame.mm.y * scale)), size.width, size.height);
  const cv::Rect there = wanted & cv::Rect({0, 0}, blank.image.pixels.size());
  if (there == wanted) return print_of(blank.image.pixels(wanted));
  cv::Mat mask = cv::Mat::zeros(size, CV_8U);
  if (there.area() > 0) print_of(blank.image.pixels(there)).copyTo(mask(there - wanted.tl()));
  return mask;
}

}  // namespace

cv::Size PatchFrame::size() const {
  const double scale = pixels_per_mm(dpi);
  return {std::max(1, static_cast<int>(std::lround(mm.width * scale))),
          std::max(1, static_cast<int>(std::lround(mm.height * scale)))};
}

Transform PatchFrame::px_to_mm() const {
  const double scale = 1.0 / pixels_per_mm(dpi);
  return then(Transform::scale(scale, scale), Transform::translation(mm.x, mm.y));
}

Rect PatchFrame::px(const Rect& rect_mm) const {
  const double scale = pixels_per_mm(dpi);
  return {(rect_mm.x - mm.x) * scale, (rect_mm.y - mm.y) * scale, rect_mm.width * scale,
          rect_mm.height * scale};
}

cv::Mat cut_page(const GrayImage& original, const Registration& registration,
                 const PatchFrame& frame) {
  const Transform to_original = then(frame.px_to_mm(), registration.mm_to_original);
  const cv::Matx33d matrix = matrix_of(to_original);
  constexpr int kLookUp = cv::INTER_LINEAR | cv::WARP_INVERSE_MAP;
  cv::Mat page;
  // Most registrations are affine: no division a pixel.
  if (matrix(2, 0) == 0.0 && matrix(2, 1) == 0.0)
    cv::warpAffine(original.pixels, page, matrix.get_minor<2, 3>(0, 0) * (1.0 / matrix(2, 2)),
                   frame.size(), kLookUp, cv::BORDER_CONSTANT, cv::Scalar(255));
  else
    cv::warpPerspective(original.pixels, page, matrix, frame.size(), kLookUp, cv::BORDER_CONSTANT,
                        cv::Scalar(255));
  return page;
}

cv::Mat cut_blank(const BlankPage& blank, const PatchFrame& frame) {
  if (blank.image.dpi.value == frame.dpi.value) return crop_blank(blank, frame);
  const double scale = pixels_per_mm(blank.image.dpi);
  const Transform to_blank = then(frame.px_to_mm(), Transform::scale(scale, scale));
  cv::Mat print;
  cv::warpPerspective(blank.image.pixels, print, matrix_of(to_blank), frame.size(),
                      cv::INTER_LINEAR | cv::WARP_INVERSE_MAP, cv::BORDER_CONSTANT,
                      cv::Scalar(255));
  return print_of(print);
}

int gray_quantile(const cv::Mat& gray, double share) {
  // Neighbours are mostly equal: counted side by side, no count waits for the one before.
  std::array<std::array<int, 256>, 2> counts{};
  for (int y = 0; y < gray.rows; ++y) {
    const auto* row = gray.ptr<std::uint8_t>(y);
    for (int x = 0; x < gray.cols; ++x) ++counts[static_cast<std::size_t>(x & 1)][row[x]];
  }
  const double wanted = share * static_cast<double>(gray.total());
  double seen = 0.0;
  for (int level = 0; level < 256; ++level) {
    const auto at = static_cast<std::size_t>(level);
    seen += counts[0][at] + counts[1][at];
    if (seen >= wanted) return level;
  }
  return 255;
}

cv::Mat clear_paper(const cv::Mat& page, Dpi dpi) {
  cv::Mat darkness;
  cv::subtract(paper_level(page, dpi), page, darkness);
  const double contrast =
      std::max(kLeastContrast, static_cast<double>(gray_quantile(darkness, 0.995)));
  cv::Mat clear;
  darkness.convertTo(clear, CV_8U, -255.0 / contrast, 255.0);
  return clear;
}

cv::Mat ink_mask(const cv::Mat& page, bool is_bilevel, Dpi dpi) {
  cv::Mat mask;
  if (is_bilevel) {
    cv::threshold(page, mask, 127, 255, cv::THRESH_BINARY_INV);
    return mask;
  }
  cv::Mat darkness;
  cv::subtract(paper_level(page, dpi), page, darkness);
  const double contrast = gray_quantile(darkness, 0.99);
  const double level = std::clamp(kInkShare * contrast, kLeastContrast, kMostContrast);
  cv::threshold(darkness, mask, level, 255, cv::THRESH_BINARY);
  return mask;
}

}  // namespace postkamer::extract
