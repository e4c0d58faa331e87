// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/intake/tiff_page.h"

#include <array>
#include <cstring>
#include <vector>

#include <fmt/format.h>

namespace postkamer::intake {
namespace {

template <class T>
T tag(TIFF* tiff, std::uint32_t name, T otherwise) {
  T value{};
  return TIFFGetFieldDefaulted(tiff, name, &value) == 1 ? value : otherwise;
}

StatedResolution stated_resolution(TIFF* tiff) {
  float x = 0.0F;
  float y = 0.0F;
  if (TIFFGetField(tiff, TIFFTAG_XRESOLUTION, &x) != 1) return {};
  if (TIFFGetField(tiff, TIFFTAG_YRESOLUTION, &y) != 1) y = x;
  const auto unit = tag<std::uint16_t>(tiff, TIFFTAG_RESOLUTIONUNIT, RESUNIT_INCH);
  if (unit == RESUNIT_NONE) return {};
  const double factor = unit == RESUNIT_CENTIMETER ? 2.54 : 1.0;
  return {x * factor, y * factor};
}

// Compressions whose strips mean the same in another file when these tags travel along.
bool travels_raw(int compression) {
  constexpr std::array<int, 9> kRaw{
      COMPRESSION_NONE,      COMPRESSION_CCITTRLE,      COMPRESSION_CCITTFAX3,
      COMPRESSION_CCITTFAX4, COMPRESSION_LZW,           COMPRESSION_JPEG,
      COMPRESSION_PACKBITS,  COMPRESSION_ADOBE_DEFLATE, COMPRESSION_DEFLATE};
  for (const int raw : kRaw)
    if (raw == compression) return true;
  return false;
}

template <class T>
void copy_tag(TIFF* from, TIFF* to, std::uint32_t name) {
  T value{};
  if (TIFFGetField(from, name, &value) == 1) TIFFSetField(to, name, value);
}

// Colour maps, JPEG tables and the like: tags whose value is more than one number.
void copy_large_tags(TIFF* from, TIFF* to, int compression) {
  std::uint16_t* red = nullptr;
  std::uint16_t* green = nullptr;
  std::uint16_t* blue = nullptr;
  if (TIFFGetField(from, TIFFTAG_COLORMAP, &red, &green, &blue) == 1)
    TIFFSetField(to, TIFFTAG_COLORMAP, red, green, blue);
  std::uint16_t extra_count = 0;
  std::uint16_t* extra = nullptr;
  if (TIFFGetField(from, TIFFTAG_EXTRASAMPLES, &extra_count, &extra) == 1)
    TIFFSetField(to, TIFFTAG_EXTRASAMPLES, extra_count, extra);
  float* reference = nullptr;
  if (TIFFGetField(from, TIFFTAG_REFERENCEBLACKWHITE, &reference) == 1)
    TIFFSetField(to, TIFFTAG_REFERENCEBLACKWHITE, reference);
  std::uint16_t across = 0;
  std::uint16_t down = 0;
  if (TIFFGetField(from, TIFFTAG_YCBCRSUBSAMPLING, &across, &down) == 1)
    TIFFSetField(to, TIFFTAG_YCBCRSUBSAMPLING, across, down);
  std::uint32_t table_size = 0;
  void* tables = nullptr;
  if (compression == COMPRESSION_JPEG &&
      TIFFGetField(from, TIFFTAG_JPEGTABLES, &table_size, &tables) == 1)
    TIFFSetField(to, TIFFTAG_JPEGTABLES, table_size, tables);
}

void copy_tags(TIFF* from, TIFF* to, const TiffPageInfo& info, Dpi x, Dpi y) {
  TIFFSetField(to, TIFFTAG_IMAGEWIDTH, static_cast<std::uint32_t>(info.width));
  TIFFSetField(to, TIFFTAG_IMAGELENGTH, static_cast<std::uint32_t>(info.height));
  TIFFSetField(to, TIFFTAG_COMPRESSION, static_cast<std::uint16_t>(info.compression));
  TIFFSetField(to, TIFFTAG_PHOTOMETRIC, static_cast<std::uint16_t>(info.photometric));
  for (const std::uint32_t name :
       {TIFFTAG_BITSPERSAMPLE, TIFFTAG_SAMPLESPERPIXEL, TIFFTAG_PLANARCONFIG, TIFFTAG_FILLORDER,
        TIFFTAG_SAMPLEFORMAT, TIFFTAG_INKSET, TIFFTAG_YCBCRPOSITIONING})
    copy_tag<std::uint16_t>(from, to, name);
  if (info.compression == COMPRESSION_LZW || info.compression == COMPRESSION_ADOBE_DEFLATE ||
      info.compression == COMPRESSION_DEFLATE)
    copy_tag<std::uint16_t>(from, to, TIFFTAG_PREDICTOR);
  if (info.compression == COMPRESSION_CCITTFAX3)
    copy_tag<std::uint32_t>(from, to, TIFFTAG_GROUP3OPTIONS);
  if (info.compression == COMPRESSION_CCITTFAX4)
    copy_tag<std::uint32_t>(from, to, TIFFTAG_GROUP4OPTIONS);
  if (TIFFIsTiled(from)) {
    copy_tag<std::uint32_t>(from, to, TIFFTAG_TILEWIDTH);
    copy_tag<std::uint32_t>(from, to, TIFFTAG_TILELENGTH);
  } else {
    copy_tag<std::uint32_t>(from, to, TIFFTAG_ROWSPERSTRIP);
  }
  copy_large_tags(from, to, info.compression);
  TIFFSetField(to, TIFFTAG_ORIENTATION, static_cast<std::uint16_t>(info.orientation));
  TIFFSetField(to, TIFFTAG_RESOLUTIONUNIT, static_cast<std::uint16_t>(RESUNIT_INCH));
  TIFFSetField(to, TIFFTAG_XRESOLUTION, x.value);
  TIFFSetField(to, TIFFTAG_YRESOLUTION, y.value);
}

Result<void> copy_strips(const TiffReader& reader, TIFF* to) {
  TIFF* from = reader.handle();
  const bool is_tiled = TIFFIsTiled(from) != 0;
  const std::uint32_t count = is_tiled ? TIFFNumberOfTiles(from) : TIFFNumberOfStrips(from);
  const ByteView file = reader.file();
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::uint64_t offset = TIFFGetStrileOffset(from, i);
    const std::uint64_t size = TIFFGetStrileByteCount(from, i);
    if (size == 0 || offset > file.size() || file.size() - offset < size)
      return fail(
          ErrorCode::invalid_document, "scan_truncated",
          fmt::format("strip {} of {} lies outside the file (byte {}, {} bytes long); it was cut "
                      "off while being written or copied: scan again",
                      i + 1, count, offset, size));
    // libtiff takes a writable pointer and does not write to it.
    auto* data = const_cast<std::uint8_t*>(file.data() + offset);
    const auto written = is_tiled ? TIFFWriteRawTile(to, i, data, static_cast<tmsize_t>(size))
                                  : TIFFWriteRawStrip(to, i, data, static_cast<tmsize_t>(size));
    if (written < 0)
      return fail(ErrorCode::unsupported, "scan_format",
                  fmt::format("strip {} cannot be copied as it is", i + 1));
  }
  return {};
}

}  // namespace

bool TiffPageInfo::is_bilevel() const {
  return bits == 1 && samples == 1 &&
         (photometric == PHOTOMETRIC_MINISWHITE || photometric == PHOTOMETRIC_MINISBLACK);
}

Result<TiffPageInfo> tiff_page_info(const TiffReader& reader, const Limits& limits) {
  TIFF* tiff = reader.handle();
  const auto width = tag<std::uint32_t>(tiff, TIFFTAG_IMAGEWIDTH, 0);
  const auto height = tag<std::uint32_t>(tiff, TIFFTAG_IMAGELENGTH, 0);
  PK_CHECK(check_page_size(width, height, limits));
  TiffPageInfo info;
  info.width = static_cast<int>(width);
  info.height = static_cast<int>(height);
  info.bits = tag<std::uint16_t>(tiff, TIFFTAG_BITSPERSAMPLE, 1);
  info.samples = tag<std::uint16_t>(tiff, TIFFTAG_SAMPLESPERPIXEL, 1);
  info.compression = tag<std::uint16_t>(tiff, TIFFTAG_COMPRESSION, COMPRESSION_NONE);
  // A file without this tag is as fax writers mean it: 0 is white.
  info.photometric = tag<std::uint16_t>(tiff, TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_MINISWHITE);
  info.orientation = tag<std::uint16_t>(tiff, TIFFTAG_ORIENTATION, ORIENTATION_TOPLEFT);
  if (info.orientation < 1 || info.orientation > 8) info.orientation = ORIENTATION_TOPLEFT;
  info.stated = stated_resolution(tiff);
  return info;
}

Result<Bytes> rewrap_tiff_page(const TiffReader& reader, const TiffPageInfo& info, Dpi x, Dpi y) {
  if (!travels_raw(info.compression))
    return fail(ErrorCode::unsupported, "scan_format",
                fmt::format("TIFF compression {} cannot be copied as it is", info.compression));
  TIFF* from = reader.handle();
  TiffWriter writer{TIFFIsBigEndian(from) ? TiffWriter::ByteOrder::big
                                          : TiffWriter::ByteOrder::little};
  if (!writer.is_open())
    return fail(ErrorCode::internal, "encode_failed", "no TIFF could be opened in memory");
  copy_tags(from, writer.handle(), info, x, y);
  PK_CHECK(copy_strips(reader, writer.handle()));
  auto bytes = writer.finish();
  if (!bytes)
    return fail(ErrorCode::unsupported, "scan_format",
                fmt::format("the page cannot be copied as it is: {}", bytes.error().message));
  return bytes;
}

}  // namespace postkamer::intake
