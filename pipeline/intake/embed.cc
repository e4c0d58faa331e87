// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/intake/embed.h"

#include <fmt/format.h>
#include <libdeflate.h>
#include <png.h>
#include <tiffio.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <opencv2/core/mat.hpp>
#include <optional>

#include "pipeline/intake/jpeg_codec.h"
#include "pipeline/intake/png_codec.h"
#include "pipeline/intake/tiff_directory.h"
#include "pipeline/intake/tiff_encode.h"
#include "pipeline/intake/tiff_memory.h"
#include "pipeline/intake/tiff_page.h"

namespace postkamer::intake {
namespace {

std::uint32_t big_endian(ByteView bytes, std::size_t at, std::size_t count) {
  std::uint32_t number = 0;
  for (std::size_t i = 0; i < count; ++i) number = number << 8 | bytes[at + i];
  return number;
}

// ---- PNG

struct PngImage {
  png_image image{};
  PngImage() { image.version = PNG_IMAGE_VERSION; }
  ~PngImage() { png_image_free(&image); }
  PngImage(const PngImage&) = delete;
  PngImage& operator=(const PngImage&) = delete;
};

Error not_coded(std::string_view what) {
  return {ErrorCode::internal, "encode_failed",
          fmt::format("making a picture ready for a PDF: libdeflate {}", what)};
}

constexpr int kFastest = 1;
constexpr int kNoPredictor = 1;

constexpr std::size_t kPngSignature = 8;
constexpr std::size_t kChunkOverhead = 12;  // length, name, checksum

// The IDAT chunks of a PNG as they are; nothing when PDF's PNG predictor cannot undo the file.
std::optional<EmbeddedImage> png_as_it_is(ByteView file) {
  EmbeddedImage image;
  image.filter = EmbeddedImage::Filter::flate;
  for (std::size_t at = kPngSignature; at + kChunkOverhead <= file.size();) {
    const std::size_t length = big_endian(file, at, 4);
    if (length > file.size() - at - kChunkOverhead) return std::nullopt;
    const std::string_view name = text_of(file.subspan(at + 4, 4));
    const ByteView body = file.subspan(at + 8, length);
    if (name == "IHDR" && length == 13) {
      image.width = static_cast<int>(big_endian(body, 0, 4));
      image.height = static_cast<int>(big_endian(body, 4, 4));
      image.bits = body[8];
      const int colour = body[9];
      const bool is_interlaced = body[12] != 0;
      if (is_interlaced || (colour & PNG_COLOR_MASK_ALPHA) != 0) return std::nullopt;
      image.components = colour == PNG_COLOR_TYPE_RGB ? 3 : 1;
    }
    if (name == "tRNS") return std::nullopt;
    if (name == "PLTE" && image.components == 1) image.palette.assign(body.begin(), body.end());
    if (name == "IDAT") image.data.insert(image.data.end(), body.begin(), body.end());
    at += kChunkOverhead + length;
  }
  if (image.data.empty() || image.width <= 0) return std::nullopt;
  image.way = EmbeddedImage::Way::unwrapped;
  return image;
}

// CV_8UC1 or CV_8UC3 in R, G, B order. libdeflate packs a gray page three times faster than zlib.
Result<EmbeddedImage> flate_of(const cv::Mat& pixels) {
  const cv::Mat whole = pixels.isContinuous() ? pixels : pixels.clone();
  const std::size_t size = whole.total() * whole.elemSize();
  const std::unique_ptr<libdeflate_compressor, decltype(&libdeflate_free_compressor)> packer(
      libdeflate_alloc_compressor(kFastest), &libdeflate_free_compressor);
  EmbeddedImage image;
  image.filter = EmbeddedImage::Filter::flate;
  image.predictor = kNoPredictor;
  image.way = EmbeddedImage::Way::coded_again;
  image.width = whole.cols;
  image.height = whole.rows;
  image.components = whole.channels();
  image.data.resize(packer ? libdeflate_zlib_compress_bound(packer.get(), size) : 0);
  const std::size_t packed = packer ? libdeflate_zlib_compress(packer.get(), whole.data, size,
                                                               image.data.data(), image.data.size())
                                    : 0;
  if (packed == 0) return tl::unexpected(not_coded("took no pixels"));
  image.data.resize(packed);
  return image;
}

Result<EmbeddedImage> embed_png(ByteView file, const Limits& limits) {
  PK_CHECK(read_png_header(file, limits));
  if (auto image = png_as_it_is(file)) return std::move(*image);
  PngImage png;
  if (png_image_begin_read_from_memory(&png.image, file.data(), file.size()) == 0) {
    return fail(ErrorCode::invalid_document, "scan_damaged",
                "making a PNG ready for a PDF: libpng cannot read its head");
  }
  const bool is_colour = (png.image.format & PNG_FORMAT_FLAG_COLOR) != 0;
  png.image.format = is_colour ? PNG_FORMAT_RGB : PNG_FORMAT_GRAY;
  cv::Mat pixels(static_cast<int>(png.image.height), static_cast<int>(png.image.width),
                 is_colour ? CV_8UC3 : CV_8UC1);
  const png_color paper{255, 255, 255};
  if (png_image_finish_read(&png.image, &paper, pixels.data, 0, nullptr) == 0) {
    return fail(ErrorCode::invalid_document, "scan_damaged",
                "making a PNG ready for a PDF: libpng cannot read its pixels");
  }
  return flate_of(pixels);
}

// ---- JPEG

struct JpegKind {
  bool is_plain = false;  // baseline, extended or progressive Huffman with 8 bits: what PDF knows
  bool has_adobe_marker = false;
  std::size_t scan_at = 0;  // of the marker behind which the coded picture begins; 0 = none
};

JpegKind kind_of(ByteView file) {
  JpegKind kind;
  for (std::size_t at = 2; at + 4 <= file.size() && file[at] == 0xFF;) {
    const std::uint8_t marker = file[at + 1];
    if (marker == 0xFF) {  // padding
      ++at;
      continue;
    }
    const std::size_t length = big_endian(file, at + 2, 2);
    if (marker == 0xDA) kind.scan_at = at;
    if (marker == 0xDA || length < 2 || length > file.size() - at - 2) break;
    const ByteView body = file.subspan(at + 4, length - 2);
    if (marker >= 0xC0 && marker <= 0xC2) kind.is_plain = !body.empty() && body[0] == 8;
    if (marker == 0xEE && text_of(body).starts_with("Adobe")) kind.has_adobe_marker = true;
    at += 2 + length;
  }
  return kind;
}

constexpr std::array<std::uint8_t, 2> kEndOfImage{0xFF, 0xD9};

// No end marker after the scan begins: inside coded data no FF stands before D9.
bool is_cut_off(ByteView file, std::size_t scan_at) {
  return scan_at != 0 && std::ranges::search(file.subspan(scan_at), kEndOfImage).empty();
}

Result<EmbeddedImage> embed_jpeg(ByteView file, const Limits& limits) {
  PK_TRY(info, read_jpeg_header(file, limits));
  const JpegKind kind = kind_of(file);
  if (!kind.is_plain) {
    PK_TRY(pixels, read_jpeg_gray(file, limits));
    PK_TRY(gray, flate_of(pixels));
    gray.way = EmbeddedImage::Way::decoded_gray;
    return gray;
  }
  EmbeddedImage image;
  image.filter = EmbeddedImage::Filter::dct;
  image.data.assign(file.begin(), file.end());
  if (is_cut_off(file, kind.scan_at)) {
    image.data.insert(image.data.end(), kEndOfImage.begin(), kEndOfImage.end());
    image.way = EmbeddedImage::Way::completed;
  }
  image.width = info.width;
  image.height = info.height;
  image.components = info.components;
  image.is_inverted = info.components == 4 && kind.has_adobe_marker;
  return image;
}

// ---- TIFF

bool is_one_strip(TIFF* tiff, const TiffPageInfo& info) {
  std::uint16_t planar = PLANARCONFIG_CONTIG;
  TIFFGetFieldDefaulted(tiff, TIFFTAG_PLANARCONFIG, &planar);
  return TIFFIsTiled(tiff) == 0 && TIFFNumberOfStrips(tiff) == 1 && info.orientation == 1 &&
         planar == PLANARCONFIG_CONTIG;
}

// The strip's bytes, most significant bit first; empty when it lies outside the file.
Bytes raw_strip(TiffReader& reader) {
  const std::uint64_t size = TIFFGetStrileByteCount(reader.handle(), 0);
  if (size == 0 || size > reader.file().size()) return {};
  Bytes bytes(size);
  const tmsize_t got =
      TIFFReadRawStrip(reader.handle(), 0, bytes.data(), static_cast<tmsize_t>(size));
  if (got != static_cast<tmsize_t>(size)) return {};
  std::uint16_t order = FILLORDER_MSB2LSB;
  TIFFGetFieldDefaulted(reader.handle(), TIFFTAG_FILLORDER, &order);
  if (order == FILLORDER_LSB2MSB) TIFFReverseBits(bytes.data(), got);
  return bytes;
}

EmbeddedImage shape_of(const TiffPageInfo& info, EmbeddedImage::Filter filter) {
  EmbeddedImage image;
  image.filter = filter;
  image.width = info.width;
  image.height = info.height;
  image.components = info.samples;
  image.bits = info.bits;
  return image;
}

bool is_g4(const TiffPageInfo& info) {
  return info.compression == COMPRESSION_CCITTFAX4 && info.bits == 1 && info.samples == 1 &&
         (info.photometric == PHOTOMETRIC_MINISWHITE || info.photometric == PHOTOMETRIC_MINISBLACK);
}

bool is_plain_deflate(const TiffPageInfo& info) {
  const bool is_gray = info.samples == 1 && info.photometric == PHOTOMETRIC_MINISBLACK;
  const bool is_rgb = info.samples == 3 && info.photometric == PHOTOMETRIC_RGB;
  return info.compression == COMPRESSION_ADOBE_DEFLATE && info.bits == 8 && (is_gray || is_rgb);
}

std::optional<EmbeddedImage> tiff_as_it_is(TiffReader& reader, const TiffPageInfo& info) {
  if (!is_one_strip(reader.handle(), info)) return std::nullopt;
  EmbeddedImage image;
  if (is_g4(info)) {
    image = shape_of(info, EmbeddedImage::Filter::ccitt_g4);
    image.black_is_1 = info.photometric == PHOTOMETRIC_MINISBLACK;
  } else if (is_plain_deflate(info)) {
    image = shape_of(info, EmbeddedImage::Filter::flate);
    std::uint16_t predictor = PREDICTOR_NONE;
    TIFFGetField(reader.handle(), TIFFTAG_PREDICTOR, &predictor);
    image.predictor = predictor == PREDICTOR_HORIZONTAL ? 2 : 1;
  } else {
    return std::nullopt;
  }
  image.data = raw_strip(reader);
  if (image.data.empty()) return std::nullopt;
  image.way = EmbeddedImage::Way::unwrapped;
  return image;
}

bool is_colour(const TiffPageInfo& info) {
  return info.samples >= 3 || info.photometric == PHOTOMETRIC_PALETTE;
}

Result<EmbeddedImage> embed_tiff(ByteView file, const Limits& limits);

Result<EmbeddedImage> coded_again(TiffReader& reader, const TiffPageInfo& info,
                                  const Limits& limits) {
  const Channels channels = is_colour(info) ? Channels::rgb : Channels::gray;
  PK_TRY(pixels, read_tiff_pixels(reader, info, channels));
  if (!info.is_bilevel()) return flate_of(pixels);
  PK_TRY(g4, encode_g4(pixels, Dpi{}));
  PK_TRY(again, embed_tiff(g4, limits));
  again.way = EmbeddedImage::Way::coded_again;
  return again;
}

Result<EmbeddedImage> embed_tiff(ByteView file, const Limits& limits) {
  PK_TRY(list, list_tiff_pages(file, limits));
  TiffReader reader(file, limits);
  if (list.pages.empty() || !reader.is_open() || !reader.go_to(list.pages.front())) {
    return fail(ErrorCode::invalid_document, "scan_damaged",
                "making a TIFF ready for a PDF: libtiff cannot read its first page");
  }
  PK_TRY(info, tiff_page_info(reader, limits));
  if (auto image = tiff_as_it_is(reader, info)) return std::move(*image);
  return coded_again(reader, info, limits);
}

Result<EmbeddedImage> embed(const Picture& picture, const Limits& limits) {
  switch (picture.format) {
    case PictureFormat::tiff: return embed_tiff(picture.bytes, limits);
    case PictureFormat::jpeg: return embed_jpeg(picture.bytes, limits);
    case PictureFormat::png: return embed_png(picture.bytes, limits);
  }
  return fail(ErrorCode::internal, "picture_format", "making a picture ready: unknown format");
}

}  // namespace

Result<EmbeddedImage> embeddable(const Picture& picture, const Limits& limits) {
  PK_TRY(image, embed(picture, limits));
  image.dpi = picture.dpi;
  return image;
}

}  // namespace postkamer::intake
