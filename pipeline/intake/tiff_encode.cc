// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/intake/tiff_encode.h"

#include <cstring>

#include "pipeline/intake/tiff_memory.h"

namespace postkamer::intake {
namespace {

void set(TIFF* tiff, std::uint32_t name, int value) {
  TIFFSetField(tiff, name, static_cast<std::uint16_t>(value));
}

void set_basic_tags(TIFF* tiff, const RawStrip& shape, Dpi x, Dpi y) {
  TIFFSetField(tiff, TIFFTAG_IMAGEWIDTH, static_cast<std::uint32_t>(shape.width));
  TIFFSetField(tiff, TIFFTAG_IMAGELENGTH, static_cast<std::uint32_t>(shape.height));
  TIFFSetField(tiff, TIFFTAG_ROWSPERSTRIP, static_cast<std::uint32_t>(shape.height));
  set(tiff, TIFFTAG_BITSPERSAMPLE, shape.bits);
  set(tiff, TIFFTAG_SAMPLESPERPIXEL, shape.samples);
  set(tiff, TIFFTAG_COMPRESSION, shape.compression);
  set(tiff, TIFFTAG_PHOTOMETRIC, shape.photometric);
  set(tiff, TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG);
  set(tiff, TIFFTAG_FILLORDER, FILLORDER_MSB2LSB);
  set(tiff, TIFFTAG_RESOLUTIONUNIT, RESUNIT_INCH);
  TIFFSetField(tiff, TIFFTAG_XRESOLUTION, x.value);
  TIFFSetField(tiff, TIFFTAG_YRESOLUTION, y.value);
}

Error no_writer() {
  return Error{ErrorCode::internal, "encode_failed", "no TIFF could be opened in memory"};
}

Error no_rows() { return Error{ErrorCode::internal, "encode_failed", "libtiff took no pixels"}; }

// Ink is a 1 bit. Eight pixels give one byte.
void pack_row(const std::uint8_t* source, int width, std::uint8_t* target) {
  const int whole = width / 8;
  for (int i = 0; i < whole; ++i) {
    // Multiplying gathers the top bits of eight bytes in one: white pixels have theirs set.
    std::uint64_t eight = 0;
    std::memcpy(&eight, source + 8 * i, 8);
    eight = eight >> 7 & 0x0101010101010101ull;
    target[i] = static_cast<std::uint8_t>(~(eight * 0x8040201008040201ull >> 56));
  }
  for (int x = whole * 8; x < width; ++x) {
    if (x % 8 == 0) target[x / 8] = 0;
    if (source[x] < 128) target[x / 8] = static_cast<std::uint8_t>(target[x / 8] | 0x80 >> (x % 8));
  }
}

}  // namespace

Result<Bytes> encode_g4(const cv::Mat& pixels, Dpi dpi) {
  TiffWriter writer;
  if (!writer.is_open()) return tl::unexpected(no_writer());
  RawStrip shape;
  shape.width = pixels.cols;
  shape.height = pixels.rows;
  shape.compression = COMPRESSION_CCITTFAX4;
  shape.photometric = PHOTOMETRIC_MINISWHITE;
  set_basic_tags(writer.handle(), shape, dpi, dpi);
  const auto row_size = static_cast<std::size_t>((pixels.cols + 7) / 8);
  std::vector<std::uint8_t> packed(row_size * static_cast<std::size_t>(pixels.rows));
  for (int y = 0; y < pixels.rows; ++y)
    pack_row(pixels.ptr<std::uint8_t>(y), pixels.cols,
             packed.data() + row_size * static_cast<unsigned>(y));
  if (TIFFWriteEncodedStrip(writer.handle(), 0, packed.data(),
                            static_cast<tmsize_t>(packed.size())) < 0)
    return tl::unexpected(no_rows());
  return writer.finish();
}

Result<Bytes> encode_lzw(const cv::Mat& pixels, Dpi dpi) {
  TiffWriter writer;
  if (!writer.is_open()) return tl::unexpected(no_writer());
  RawStrip shape;
  shape.width = pixels.cols;
  shape.height = pixels.rows;
  shape.bits = 8;
  shape.samples = pixels.channels();
  shape.compression = COMPRESSION_LZW;
  shape.photometric = pixels.channels() == 3 ? PHOTOMETRIC_RGB : PHOTOMETRIC_MINISBLACK;
  set_basic_tags(writer.handle(), shape, dpi, dpi);
  set(writer.handle(), TIFFTAG_PREDICTOR, PREDICTOR_HORIZONTAL);
  const cv::Mat whole = pixels.isContinuous() ? pixels : pixels.clone();
  // The predictor works in place, so libtiff gets a copy of its own.
  std::vector<std::uint8_t> strip(whole.data, whole.data + whole.total() * whole.elemSize());
  if (TIFFWriteEncodedStrip(writer.handle(), 0, strip.data(), static_cast<tmsize_t>(strip.size())) <
      0)
    return tl::unexpected(no_rows());
  return writer.finish();
}

Result<Bytes> wrap_strip(const RawStrip& strip, Dpi x, Dpi y) {
  TiffWriter writer;
  if (!writer.is_open()) return tl::unexpected(no_writer());
  TIFF* tiff = writer.handle();
  set_basic_tags(tiff, strip, x, y);
  if (strip.compression == COMPRESSION_LZW || strip.compression == COMPRESSION_ADOBE_DEFLATE)
    set(tiff, TIFFTAG_PREDICTOR, strip.predictor);
  if (strip.compression == COMPRESSION_CCITTFAX3)
    TIFFSetField(
        tiff, TIFFTAG_GROUP3OPTIONS,
        static_cast<std::uint32_t>(strip.has_two_dimensional_rows ? GROUP3OPT_2DENCODING : 0));
  if (strip.photometric == PHOTOMETRIC_PALETTE)
    TIFFSetField(tiff, TIFFTAG_COLORMAP, strip.palette[0].data(), strip.palette[1].data(),
                 strip.palette[2].data());
  // libtiff takes a writable pointer and does not write to it.
  auto* data = const_cast<std::uint8_t*>(strip.data.data());
  if (TIFFWriteRawStrip(tiff, 0, data, static_cast<tmsize_t>(strip.data.size())) < 0)
    return tl::unexpected(no_rows());
  return writer.finish();
}

}  // namespace postkamer::intake
