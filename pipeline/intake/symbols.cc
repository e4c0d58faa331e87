// SPDX-License-Identifier: EUPL-1.2
//
// zxing-cpp 1.4 needs care. Its own image pyramid compares results of two levels and aborts the
// process through a live assertion as soon as both saw the same bar code with different line
// counts; setTryDownscale(false) avoids that, and what the pyramid would find is found here by
// choosing the sizes ourselves. Each kind of code is asked for by itself, so that one that throws
// costs only itself.
//
// Searching whole pages costs 48 ms of CPU (the library's own way at 300 dpi 47 to 69 ms), whatever
// is on them. Only regions that are dense with ink are searched, and those more often: full-size
// rows, rows averaged by 4, then by others. Averaging takes the noise out of thresholded bars; each
// way reads some codes that the others miss.
#define ZX_USE_UTF8 1
#include "pipeline/intake/symbols.h"

#include <algorithm>
#include <cmath>
#include <exception>
#include <numbers>
#include <string>

#include <ZXing/ReadBarcode.h>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

namespace postkamer::intake {
namespace {

constexpr double kSquareCodeDpi = 150.0;
constexpr int kSmallestSide = 16;
constexpr double kLargestRetryMm = 80.0;  // larger regions are photographs and black bars
constexpr double kClearDirection = 1.4;
constexpr double kLargestSquareMm = 40.0;

// How px of the picture that was searched lie on the page.
struct View {
  cv::Mat pixels;
  double x_scale = 1.0;
  double y_scale = 1.0;
  Point origin;            // of the region, page px
  int region_width = 0;    // page px
  bool is_turned = false;  // a quarter counter-clockwise, so that bars that ran down run right
};

std::string symbology_of(ZXing::BarcodeFormat format) {
  switch (format) {
    case ZXing::BarcodeFormat::QRCode: return "qr";
    case ZXing::BarcodeFormat::DataMatrix: return "datamatrix";
    case ZXing::BarcodeFormat::Code128: return "code128";
    case ZXing::BarcodeFormat::Code39: return "code39";
    default: return {};
  }
}

Point page_point(const ZXing::PointI& point, const View& view) {
  const double x = point.x * view.x_scale;
  const double y = point.y * view.y_scale;
  return view.is_turned ? Point{view.origin.x + view.region_width - y, view.origin.y + x}
                        : Point{view.origin.x + x, view.origin.y + y};
}

Code code_of(const ZXing::Result& result, const View& view) {
  const auto& corners = result.position();
  const Point start = page_point(corners.topLeft(), view);
  const Point end = page_point(corners.topRight(), view);
  Code code;
  code.symbology = symbology_of(result.format());
  code.text = result.text();
  Rect box{start.x, start.y, 0, 0};
  for (const ZXing::PointI& corner : corners) {
    const Point at = page_point(corner, view);
    box = united(box, Rect{at.x, at.y, 0, 0});
  }
  code.box = box;
  const double angle = std::atan2(end.y - start.y, end.x - start.x) * 180.0 / std::numbers::pi;
  code.orientation = Degrees{std::fmod(angle + 360.0, 360.0)};
  return code;
}

// One row of Code 39 is weak proof: it has no check digit, and ruled tables look like its bars.
bool is_trustworthy(const ZXing::Result& result) {
  if (!result.isValid() || result.text().empty()) return false;
  return result.format() != ZXing::BarcodeFormat::Code39 || result.lineCount() >= 2;
}

enum class Turns {
  none,
  quarter
};

// Gives whether something was found.
bool read_view(const View& view, ZXing::BarcodeFormats formats, std::vector<Code>& codes,
               Turns turns = Turns::none) {
  if (view.pixels.cols < kSmallestSide || view.pixels.rows < 1) return false;
  ZXing::DecodeHints hints;
  hints.setFormats(formats)
      .setTryHarder(true)
      .setTryRotate(turns == Turns::quarter)
      .setTryDownscale(false);
  hints.setMinLineCount(1).setBinarizer(ZXing::Binarizer::LocalAverage);
  const std::size_t before = codes.size();
  try {
    const ZXing::ImageView image{view.pixels.data, view.pixels.cols, view.pixels.rows,
                                 ZXing::ImageFormat::Lum, static_cast<int>(view.pixels.step)};
    for (const auto& result : ZXing::ReadBarcodes(image, hints))
      if (is_trustworthy(result)) codes.push_back(code_of(result, view));
  } catch (const std::exception&) {  // a code the library chokes on is a code not read
  }
  return codes.size() > before;
}

// Blocks of `across` x `down` px made one; columns then doubled `times` over.
View reduced(const View& whole, int across, int down, int times = 1) {
  View view = whole;
  const int columns = whole.pixels.cols / across;
  const int rows = whole.pixels.rows / down;
  view.pixels = cv::Mat{};
  if (columns == 0 || rows == 0) return view;
  // Whole blocks only: OpenCV's area resize is slow when the factor is no integer.
  cv::resize(whole.pixels(cv::Rect(0, 0, columns * across, rows * down)), view.pixels,
             cv::Size(columns, rows), 0, 0, cv::INTER_AREA);
  if (times > 1)
    cv::resize(view.pixels, view.pixels, cv::Size(columns * times, rows), 0, 0, cv::INTER_LINEAR);
  view.x_scale = double(across) / times;
  view.y_scale = down;
  return view;
}

// Contrast of the columns' means when each row is shifted by `shear` px a row: largest along the
// bars.
double column_contrast(const cv::Mat& rows, double shear) {
  std::vector<float> sum(static_cast<std::size_t>(rows.cols), 0.0F);
  for (int y = 0; y < rows.rows; ++y) {
    const int shift = static_cast<int>(std::lround(shear * (y - rows.rows / 2)));
    const auto* row = rows.ptr<std::uint8_t>(y);
    const int from = std::max(0, -shift);
    const int to = std::min(rows.cols, rows.cols - shift);
    for (int x = from; x < to; ++x) sum[static_cast<std::size_t>(x)] += row[x + shift];
  }
  double contrast = 0.0;
  for (std::size_t x = 1; x < sum.size(); ++x)
    contrast += double(sum[x] - sum[x - 1]) * double(sum[x] - sum[x - 1]);
  return contrast;
}

// The view with its bars set upright, so that rows may be averaged over the bars' whole length. The
// rows stay where they are: codes found here are some pixels off sideways.
View with_upright_bars(const View& view) {
  constexpr int kStep = 4;
  const View few = reduced(view, 1, kStep);
  double best_shear = 0.0;
  double best = 0.0;
  for (int percent = -7; percent <= 7; ++percent) {
    const double contrast = column_contrast(few.pixels, percent / 100.0 * kStep);
    if (contrast <= best) continue;
    best = contrast;
    best_shear = percent / 100.0;
  }
  View upright = view;
  const cv::Matx23d map{1.0, best_shear, -best_shear * view.pixels.rows / 2.0, 0.0, 1.0, 0.0};
  cv::warpAffine(view.pixels, upright.pixels, map, view.pixels.size(),
                 cv::INTER_LINEAR | cv::WARP_INVERSE_MAP, cv::BORDER_REPLICATE);
  return upright;
}

enum class Effort {
  once,
  often
};

// Bars that run across the view, cheapest way first.
bool read_bars(const View& view, Effort effort, std::vector<Code>& codes) {
  const auto bars = ZXing::BarcodeFormat::Code128 | ZXing::BarcodeFormat::Code39;
  if (read_view(reduced(view, 1, 4), bars, codes)) return true;
  if (effort == Effort::once || view.pixels.rows < 24) return false;
  if (read_view(reduced(view, 1, 12, 2), bars, codes) ||
      read_view(reduced(view, 1, 6), bars, codes) || read_view(reduced(view, 1, 3), bars, codes) ||
      read_view(view, bars, codes))
    return true;
  const View upright = with_upright_bars(view);
  // Thresholding thickens bars; the last way takes a pixel off each.
  View thinned = upright;
  cv::dilate(upright.pixels, thinned.pixels, cv::Mat::ones(1, 2, CV_8U));
  return read_view(reduced(upright, 1, 12, 2), bars, codes) ||
         read_view(reduced(thinned, 1, 12, 2), bars, codes) ||
         read_view(reduced(thinned, 1, 4, 2), bars, codes);
}

View turned(const View& view) {
  View result = view;
  cv::Mat turned;  // of its own: a square view would be turned in the page that it shares
  cv::rotate(view.pixels, turned, cv::ROTATE_90_COUNTERCLOCKWISE);
  result.pixels = turned;
  result.is_turned = true;
  return result;
}

// How much more the brightness changes across than down; bars make it large or small, text near 1.
double across_over_down(const cv::Mat& pixels) {
  if (pixels.cols < 2 || pixels.rows < 2) return 1.0;
  const cv::Rect all{0, 0, pixels.cols, pixels.rows};
  const double across = cv::norm(pixels(all - cv::Size(1, 0)),
                                 pixels((all - cv::Size(1, 0)) + cv::Point(1, 0)), cv::NORM_L1);
  const double down = cv::norm(pixels(all - cv::Size(0, 1)),
                               pixels((all - cv::Size(0, 1)) + cv::Point(0, 1)), cv::NORM_L1);
  return (across + 1.0) / (down + 1.0);
}

void read_region(const GrayImage& page, const cv::Rect& region, std::vector<Code>& codes) {
  View view;
  view.pixels = page.pixels(region);
  view.origin = {double(region.x), double(region.y)};
  view.region_width = region.width;
  const double longest = std::max(region.width, region.height) / pixels_per_mm(page.dpi);

  const int factor = std::max(1, static_cast<int>(std::lround(page.dpi.value / kSquareCodeDpi)));
  const View small = reduced(view, factor, factor);
  const double direction = across_over_down(small.pixels);
  const Effort effort = longest > kLargestRetryMm ? Effort::once : Effort::often;
  if (read_view(small, ZXing::BarcodeFormat::QRCode, codes)) return;
  if (direction > 1.0 / kClearDirection && read_bars(view, effort, codes)) return;
  if (direction < kClearDirection && read_bars(turned(view), effort, codes)) return;
  const bool is_label = longest < kLargestSquareMm;
  // zxing's DataMatrix reader does not see every turn; on a label's size asking twice is cheap.
  if (read_view(small, ZXing::BarcodeFormat::DataMatrix, codes,
                is_label ? Turns::quarter : Turns::none))
    return;
  // Small modules need every pixel.
  if (factor > 1 && is_label) read_view(view, ZXing::BarcodeFormat::QRCode, codes);
}

bool is_same(const Code& a, const Code& b) {
  if (a.symbology != b.symbology || a.text != b.text) return false;
  return intersection(grown(a.box, 40.0), grown(b.box, 40.0)).area() > 0.0;
}

void drop_repeats(std::vector<Code>& codes) {
  std::vector<Code> kept;
  for (Code& code : codes) {
    const bool is_known =
        std::any_of(kept.begin(), kept.end(), [&code](const Code& k) { return is_same(k, code); });
    if (!is_known) kept.push_back(std::move(code));
  }
  codes = std::move(kept);
}

}  // namespace

std::vector<Code> find_symbols(const GrayImage& page, const std::vector<Rect>& regions) {
  const Rect whole{0, 0, double(page.width()), double(page.height())};
  std::vector<Code> codes;
  try {
    for (const Rect& wanted : regions) {
      const Rect seen = intersection(wanted, whole);
      const cv::Rect region{static_cast<int>(seen.x), static_cast<int>(seen.y),
                            static_cast<int>(seen.width), static_cast<int>(seen.height)};
      if (region.width >= kSmallestSide && region.height >= kSmallestSide)
        read_region(page, region, codes);
    }
  } catch (const std::exception&) {  // OpenCV, out of memory: what was found so far counts
  }
  drop_repeats(codes);
  return codes;
}

}  // namespace postkamer::intake
