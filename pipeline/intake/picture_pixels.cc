// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/intake/picture_pixels.h"

#include <algorithm>
#include <cmath>
#include <exception>
#include <new>

#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include "pipeline/intake/decode.h"
#include "pipeline/intake/jpeg_codec.h"
#include "pipeline/intake/png_codec.h"
#include "pipeline/intake/tiff_encode.h"
#include "pipeline/intake/tiff_scan.h"

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

// As stored, but upright: gray, or R, G, B when the picture has colour.
Result<cv::Mat> stored_pixels(const Picture& picture, const Limits& limits) {
  switch (picture.format) {
    case PictureFormat::tiff: return read_stored_tiff(picture, limits);
    case PictureFormat::jpeg: {
      PK_TRY(info, read_jpeg_header(picture.bytes, limits));
      return info.components == 1 ? read_jpeg_gray(picture.bytes, limits)
                                  : read_jpeg_rgb(picture.bytes, limits);
    }
    case PictureFormat::png: {
      PK_TRY(info, read_png_header(picture.bytes, limits));
      return info.is_colour ? read_png_rgb(picture.bytes, limits)
                            : read_png_gray(picture.bytes, limits);
    }
  }
  return fail(ErrorCode::internal, "picture_format", "a picture of no known format");
}

Result<Picture> straightened_pixels(const Picture& picture, const Resolution& shown, int turn,
                                    const Limits& limits) {
  PK_TRY(pixels, stored_pixels(picture, limits));
  GrayImage image{pixels, Dpi{std::max(shown.x.value, shown.y.value)}, picture.is_bilevel};
  if (!shown.is_square()) image = squared(image, shown.x, shown.y);
  PK_CHECK(check_page_size(static_cast<std::uint64_t>(image.width()),
                           static_cast<std::uint64_t>(image.height()), limits));
  image.pixels = turned(image.pixels, turn);
  if (image.is_bilevel) return encode_bilevel(image);
  PK_TRY(bytes, encode_lzw(image.pixels, image.dpi));
  return Picture{
      PictureFormat::tiff,       std::move(bytes), image.width(), image.height(), image.dpi, false,
      PictureOrigin::coded_again};
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
  try {
    return straightened_pixels(picture, shown, turn, limits);
  } catch (const std::bad_alloc&) {
    return fail(ErrorCode::resource_limit, "limit_memory",
                "a page needs more memory than there is");
  } catch (const std::exception&) {  // OpenCV's
    return fail(ErrorCode::invalid_document, "scan_damaged", "the picture cannot be opened");
  }
}

}  // namespace postkamer::intake
