// SPDX-License-Identifier: EUPL-1.2
#include "tests/support/separator_sheets.h"

#include <array>
#include <cmath>
#include <opencv2/imgproc.hpp>

#include "tests/support/encode.h"
#include "tests/support/page_builder.h"

namespace postkamer::support {
namespace {

constexpr double kNarrow = 0.08 * kMillimetresPerInch;
constexpr double kWide = 0.20 * kMillimetresPerInch;
constexpr std::array<double, 4> kPatchT{kNarrow, kWide, kNarrow, kWide};
constexpr double kFromEdge = 9.0;
constexpr double kBarLength = 80.0;
constexpr double kPaperWidth = 210.0;
constexpr double kPaperHeight = 297.0;

}  // namespace

Sheet patch_t_sheet(Dpi dpi) {
  PageBuilder page(dpi);
  const Ink black{0, 0, 0};
  const double across = (kPaperWidth - kBarLength) / 2;
  const double down = (kPaperHeight - kBarLength) / 2;
  double at = kFromEdge;
  for (const double bar : kPatchT) {
    page.filled({across, at, kBarLength, bar}, black);
    page.filled({across, kPaperHeight - at - bar, kBarLength, bar}, black);
    page.filled({at, down, bar, kBarLength}, black);
    page.filled({kPaperWidth - at - bar, down, bar, kBarLength}, black);
    at += bar + kNarrow;
  }
  page.text({63, 135}, "SCHEIDINGSBLAD", 24);
  page.text({63, 148}, "Patch T: hierna begint een nieuw document.", 10);
  return {page.rgb(), dpi};
}

Sheet qr_separator_sheet(const std::string& payload, Dpi dpi) {
  PageBuilder page(dpi);
  page.text({63, 40}, "SCHEIDINGSBLAD", 24);
  page.text({63, 53}, "Hierna begint een nieuw document.", 10);
  page.text({75, 200}, payload, Type{10, "DejaVu Sans Mono"});
  Sheet sheet{page.rgb(), dpi};
  const double px = pixels_per_mm(dpi);
  cv::Mat code = qr_code(payload, static_cast<int>(std::lround(2.0 * px)));
  cv::cvtColor(code, code, cv::COLOR_GRAY2RGB);
  const cv::Point at((sheet.side.cols - code.cols) / 2, static_cast<int>(95 * px));
  code.copyTo(sheet.side(cv::Rect(at, code.size())));
  return sheet;
}

}  // namespace postkamer::support
