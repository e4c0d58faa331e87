// SPDX-License-Identifier: EUPL-1.2
//
// The pixels of a TIFF page. Bilevel and 8-bit gray strips, which is what scanners write, are
// unpacked here; everything else goes through libtiff's RGBA reader.
#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <vector>

#include <fmt/format.h>
#include <opencv2/core.hpp>

#include "pipeline/intake/tiff_page.h"

namespace postkamer::intake {
namespace {

tl::unexpected<Error> damaged(const TiffReader& reader) {
  if (reader.ended_early())
    return fail(ErrorCode::invalid_document, "scan_truncated",
                "the page's data ends before its last row; scan again");
  return fail(
      ErrorCode::invalid_document, "scan_damaged",
      fmt::format("the page's data cannot be decoded ({}); scan again", reader.last_error()));
}

using ByteBits = std::array<std::array<std::uint8_t, 8>, 256>;

// For each byte its eight pixels, most significant bit first.
ByteBits unpacked_bytes(bool one_is_white) {
  ByteBits table{};
  for (unsigned value = 0; value < 256; ++value)
    for (unsigned bit = 0; bit < 8; ++bit)
      table[value][bit] = ((value >> (7 - bit) & 1) != 0) == one_is_white ? 255 : 0;
  return table;
}

void unpack_row(const std::uint8_t* source, const ByteBits& table, int width,
                std::uint8_t* target) {
  const int whole = width / 8;
  for (int i = 0; i < whole; ++i) std::memcpy(target + 8 * i, table[source[i]].data(), 8);
  if (width % 8 != 0)
    std::memcpy(target + 8 * whole, table[source[whole]].data(),
                static_cast<std::size_t>(width % 8));
}

bool is_simple(const TiffReader& reader, const TiffPageInfo& info) {
  const bool is_gray =
      info.photometric == PHOTOMETRIC_MINISWHITE || info.photometric == PHOTOMETRIC_MINISBLACK;
  std::uint16_t format = SAMPLEFORMAT_UINT;
  TIFFGetFieldDefaulted(reader.handle(), TIFFTAG_SAMPLEFORMAT, &format);
  return is_gray && info.samples == 1 && (info.bits == 1 || info.bits == 8) &&
         (format == SAMPLEFORMAT_UINT || format == SAMPLEFORMAT_VOID) &&
         TIFFIsTiled(reader.handle()) == 0 && info.compression != COMPRESSION_OJPEG;
}

Result<cv::Mat> read_simple(TiffReader& reader, const TiffPageInfo& info) {
  TIFF* tiff = reader.handle();
  const bool one_is_white = info.photometric == PHOTOMETRIC_MINISBLACK;
  const ByteBits table = unpacked_bytes(one_is_white);
  std::uint32_t strip_rows = 0;
  TIFFGetFieldDefaulted(tiff, TIFFTAG_ROWSPERSTRIP, &strip_rows);
  const int rows = static_cast<int>(
      std::clamp<std::uint32_t>(strip_rows, 1, static_cast<std::uint32_t>(info.height)));
  const tmsize_t row_size = TIFFScanlineSize(tiff);
  const tmsize_t needed = info.bits == 1 ? (info.width + 7) / 8 : info.width;
  if (row_size < needed) return damaged(reader);
  std::vector<std::uint8_t> strip(static_cast<std::size_t>(row_size) * static_cast<unsigned>(rows));
  cv::Mat pixels(info.height, info.width, CV_8UC1);
  for (int top = 0; top < info.height; top += rows) {
    const int here = std::min(rows, info.height - top);
    const tmsize_t wanted = row_size * here;
    const auto got =
        TIFFReadEncodedStrip(tiff, static_cast<std::uint32_t>(top / rows), strip.data(), wanted);
    if (got < wanted || reader.ended_early()) return damaged(reader);
    for (int y = 0; y < here; ++y) {
      const std::uint8_t* source = strip.data() + row_size * y;
      auto* target = pixels.ptr<std::uint8_t>(top + y);
      if (info.bits == 1)
        unpack_row(source, table, info.width, target);
      else
        std::memcpy(target, source, static_cast<std::size_t>(info.width));
    }
  }
  if (info.bits == 8 && !one_is_white) pixels = 255 - pixels;
  return pixels;
}

struct RgbaImage {
  TIFFRGBAImage image{};
  bool is_begun = false;
  RgbaImage() = default;
  RgbaImage(const RgbaImage&) = delete;
  RgbaImage& operator=(const RgbaImage&) = delete;
  ~RgbaImage() {
    if (is_begun) TIFFRGBAImageEnd(&image);
  }
};

// One row of libtiff's premultiplied ABGR words, laid over white.
void convert_row(const std::uint32_t* source, Channels channels, int width, std::uint8_t* target) {
  for (int x = 0; x < width; ++x) {
    const std::uint32_t pixel = source[x];
    const unsigned white = 255 - TIFFGetA(pixel);
    const unsigned red = std::min(255u, TIFFGetR(pixel) + white);
    const unsigned green = std::min(255u, TIFFGetG(pixel) + white);
    const unsigned blue = std::min(255u, TIFFGetB(pixel) + white);
    if (channels == Channels::gray) {
      target[x] = static_cast<std::uint8_t>((red * 77 + green * 151 + blue * 28) >> 8);
    } else {
      target[3 * x] = static_cast<std::uint8_t>(red);
      target[3 * x + 1] = static_cast<std::uint8_t>(green);
      target[3 * x + 2] = static_cast<std::uint8_t>(blue);
    }
  }
}

Result<cv::Mat> read_rgba(TiffReader& reader, const TiffPageInfo& info, Channels channels) {
  TIFF* tiff = reader.handle();
  std::array<char, 1024> why{};
  RgbaImage rgba;
  if (TIFFRGBAImageOK(tiff, why.data()) == 0 ||
      TIFFRGBAImageBegin(&rgba.image, tiff, 0, why.data()) == 0)
    return fail(ErrorCode::unsupported, "scan_format",
                fmt::format("this kind of TIFF ({} bits, {} samples) is not a scan: {}", info.bits,
                            info.samples, why.data()));
  rgba.is_begun = true;
  // No turning inside libtiff: the orientation tag is applied once, to every path, afterwards.
  rgba.image.orientation = ORIENTATION_TOPLEFT;
  rgba.image.req_orientation = ORIENTATION_TOPLEFT;
  cv::Mat pixels(info.height, info.width, channels == Channels::gray ? CV_8UC1 : CV_8UC3);
  const auto width = static_cast<std::size_t>(info.width);
  std::vector<std::uint32_t> raster(width * static_cast<std::size_t>(info.height));
  if (TIFFRGBAImageGet(&rgba.image, raster.data(), rgba.image.width, rgba.image.height) == 0 ||
      reader.error_count() > 0)
    return damaged(reader);
  for (int y = 0; y < info.height; ++y)
    convert_row(raster.data() + width * static_cast<std::size_t>(y), channels, info.width,
                pixels.ptr<std::uint8_t>(y));
  return pixels;
}

// 16-bit gray: the high byte is the pixel. libtiff's RGBA reader refuses some of these.
bool is_deep_gray(const TiffReader& reader, const TiffPageInfo& info) {
  std::uint16_t format = SAMPLEFORMAT_UINT;
  TIFFGetFieldDefaulted(reader.handle(), TIFFTAG_SAMPLEFORMAT, &format);
  return info.bits == 16 && info.samples == 1 && format == SAMPLEFORMAT_UINT &&
         TIFFIsTiled(reader.handle()) == 0 &&
         (info.photometric == PHOTOMETRIC_MINISBLACK || info.photometric == PHOTOMETRIC_MINISWHITE);
}

Result<cv::Mat> read_deep_gray(TiffReader& reader, const TiffPageInfo& info) {
  TIFF* tiff = reader.handle();
  const auto row_size = static_cast<std::size_t>(TIFFScanlineSize(tiff));
  if (row_size < 2 * static_cast<std::size_t>(info.width)) return damaged(reader);
  std::vector<std::uint16_t> row(row_size / 2 + 1);
  cv::Mat pixels(info.height, info.width, CV_8UC1);
  for (int y = 0; y < info.height; ++y) {
    if (TIFFReadScanline(tiff, row.data(), static_cast<std::uint32_t>(y), 0) != 1)
      return damaged(reader);
    auto* target = pixels.ptr<std::uint8_t>(y);
    for (int x = 0; x < info.width; ++x)
      target[x] = static_cast<std::uint8_t>(row[static_cast<std::size_t>(x)] >> 8);
  }
  if (info.photometric == PHOTOMETRIC_MINISWHITE) pixels = 255 - pixels;
  return pixels;
}

// The orientation tag says where row 0 and column 0 are on the page as seen.
cv::Mat set_upright(const cv::Mat& stored, int orientation) {
  cv::Mat upright = stored;
  if (orientation >= ORIENTATION_LEFTTOP) cv::transpose(stored, upright);
  cv::Mat flipped;
  switch (orientation) {
    case ORIENTATION_TOPRIGHT:
    case ORIENTATION_RIGHTTOP: cv::flip(upright, flipped, 1); return flipped;
    case ORIENTATION_BOTRIGHT:
    case ORIENTATION_RIGHTBOT: cv::flip(upright, flipped, -1); return flipped;
    case ORIENTATION_BOTLEFT:
    case ORIENTATION_LEFTBOT: cv::flip(upright, flipped, 0); return flipped;
    default: return upright;
  }
}

}  // namespace

Result<cv::Mat> read_tiff_pixels(TiffReader& reader, const TiffPageInfo& info, Channels channels) {
  if (channels == Channels::gray && is_simple(reader, info)) {
    PK_TRY(pixels, read_simple(reader, info));
    return set_upright(pixels, info.orientation);
  }
  if (channels == Channels::gray && is_deep_gray(reader, info)) {
    PK_TRY(pixels, read_deep_gray(reader, info));
    return set_upright(pixels, info.orientation);
  }
  PK_TRY(pixels, read_rgba(reader, info, channels));
  return set_upright(pixels, info.orientation);
}

}  // namespace postkamer::intake
