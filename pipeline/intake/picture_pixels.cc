// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/intake/picture_pixels.h"

#include <algorithm>
#include <cmath>

#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include "pipeline/intake/decode.h"
#include "pipeline/intake/tiff_encode.h"

namespace postkamer::intake {
namespace {

cv::Mat turned(const cv::Mat& pixels, int quarters) {
  cv::Mat result;
  switch (quarters) {
    case 1: cv::rotate(pixels, result, cv::ROTATE_90_CLOCKWISE); return result;
    case 2: cv::rotate(pixels, result, cv::ROTATE_180); return result;
    case 3: cv::rotate(pixels, result, cv::ROTATE_90_COUNTERCLOCKWISE); return result;
    default: return pixels;
  }
}

}  // namespace

GrayImage squared(const GrayImage& image, Dpi x, Dpi y) {
  const double dpi = std::max(x.value, y.value);
  const cv::Size size{static_cast<int>(std::lround(image.width() * dpi / x.value)),
                      static_cast<int>(std::lround(image.height() * dpi / y.value))};
  GrayImage result{{}, Dpi{dpi}, image.is_bilevel};
  cv::resize(image.pixels, result.pixels, size, 0, 0,
             image.is_bilevel ? cv::INTER_NEAREST : cv::INTER_LINEAR);
  return result;
}

Result<Picture> straightened(const Picture& picture, const Resolution& shown, int turn,
                             const Limits& limits) {
  PK_TRY(opened, open_picture(picture, limits));
  GrayImage image{opened.pixels, shown.x, opened.is_bilevel};
  // A TIFF that states both resolutions was made square by open_picture already.
  const bool is_stored_size = opened.width() == picture.width && opened.height() == picture.height;
  if (!shown.is_square() && is_stored_size) image = squared(image, shown.x, shown.y);
  image.dpi = Dpi{std::max(shown.x.value, shown.y.value)};
  PK_CHECK(check_page_size(static_cast<std::uint64_t>(image.width()),
                           static_cast<std::uint64_t>(image.height()), limits));
  image.pixels = turned(image.pixels, turn);
  if (image.is_bilevel) return encode_bilevel(image);
  PK_TRY(bytes, encode_lzw(image.pixels, image.dpi));
  return Picture{
      PictureFormat::tiff,       std::move(bytes), image.width(), image.height(), image.dpi, false,
      PictureOrigin::coded_again};
}

}  // namespace postkamer::intake
