// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/intake/png_codec.h"

#include <algorithm>
#include <array>
#include <csetjmp>
#include <cstring>
#include <vector>

#include <fmt/format.h>
#include <png.h>

namespace postkamer::intake {
namespace {

constexpr double kMetresPerInch = 0.0254;

// The functions that call setjmp own nothing that needs a destructor: a long jump would skip it.
class Decoder {
 public:
  explicit Decoder(ByteView file) : file_(file) {
    png_ = png_create_read_struct(PNG_LIBPNG_VER_STRING, this, &Decoder::on_error,
                                  [](png_structp, png_const_charp) {});
    if (png_) info_ = png_create_info_struct(png_);
  }
  Decoder(const Decoder&) = delete;
  Decoder& operator=(const Decoder&) = delete;
  ~Decoder() { png_destroy_read_struct(&png_, &info_, nullptr); }

  bool read_header() {
    if (!info_ || setjmp(png_jmpbuf(png_)) != 0) return false;
    // Sizes are judged by check_page_size, which can say what is wrong; libpng only must not stop
    // before. Text and profile chunks are not wanted and kept small.
    png_set_user_limits(png_, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
    png_set_chunk_malloc_max(png_, 4u << 20);
    png_set_chunk_cache_max(png_, 64);
    png_set_keep_unknown_chunks(png_, PNG_HANDLE_CHUNK_NEVER, nullptr, 0);
    png_set_read_fn(png_, this, &Decoder::on_read);
    // The chunks' own checksums guard the same bytes; a second one over all pixels costs a sixth.
    png_set_option(png_, PNG_IGNORE_ADLER32, PNG_OPTION_ON);
    png_read_info(png_, info_);
    return true;
  }

  // 8-bit gray or colour, with alpha when there is one.
  bool set_transforms(bool in_colour) {
    if (setjmp(png_jmpbuf(png_)) != 0) return false;
    const auto colour = png_get_color_type(png_, info_);
    png_set_expand(png_);
    png_set_scale_16(png_);
    // Weights of sRGB's luma; no gamma: what is wanted is the number a scanner would give.
    if (in_colour)
      png_set_gray_to_rgb(png_);
    else if ((colour & PNG_COLOR_MASK_COLOR) != 0)
      png_set_rgb_to_gray_fixed(png_, PNG_ERROR_ACTION_NONE, 29'900, 58'700);
    png_set_interlace_handling(png_);
    png_read_update_info(png_, info_);
    return true;
  }

  bool read_rows(png_bytepp rows) {
    if (setjmp(png_jmpbuf(png_)) != 0) return false;
    png_read_image(png_, rows);
    return true;
  }

  [[nodiscard]] png_structp png() const { return png_; }
  [[nodiscard]] png_infop info() const { return info_; }
  [[nodiscard]] bool ran_dry() const { return ran_dry_; }

 private:
  [[noreturn]] static void on_error(png_structp png, png_const_charp) { png_longjmp(png, 1); }

  static void on_read(png_structp png, png_bytep target, std::size_t size) {
    auto& self = *static_cast<Decoder*>(png_get_io_ptr(png));
    if (size > self.file_.size() - self.position_) {
      self.ran_dry_ = true;
      png_error(png, "the file ends here");
    }
    std::memcpy(target, self.file_.data() + self.position_, size);
    self.position_ += size;
  }

  ByteView file_;
  std::size_t position_ = 0;
  bool ran_dry_ = false;
  png_structp png_ = nullptr;
  png_infop info_ = nullptr;
};

tl::unexpected<Error> failure(const Decoder& decoder) {
  if (decoder.ran_dry())
    return fail(ErrorCode::invalid_document, "scan_truncated",
                "the PNG ends before its last row; scan again");
  return fail(ErrorCode::invalid_document, "scan_damaged", "the PNG cannot be decoded; scan again");
}

// Alpha is the last channel.
cv::Mat over_white(const cv::Mat& with_alpha) {
  const int colours = with_alpha.channels() - 1;
  cv::Mat seen(with_alpha.rows, with_alpha.cols, CV_8UC(colours));
  for (int y = 0; y < seen.rows; ++y) {
    const auto* source = with_alpha.ptr<std::uint8_t>(y);
    auto* target = seen.ptr<std::uint8_t>(y);
    for (int x = 0; x < seen.cols; ++x, source += colours + 1, target += colours) {
      const int alpha = source[colours];
      for (int i = 0; i < colours; ++i)
        target[i] = static_cast<std::uint8_t>((source[i] * alpha + 255 * (255 - alpha)) / 255);
    }
  }
  return seen;
}

// One channel, or three in colour.
Result<cv::Mat> read_pixels(ByteView file, bool in_colour, const Limits& limits) {
  Decoder decoder{file};
  if (!decoder.read_header()) return failure(decoder);
  const auto width = png_get_image_width(decoder.png(), decoder.info());
  const auto height = png_get_image_height(decoder.png(), decoder.info());
  PK_CHECK(check_page_size(width, height, limits));
  if (!decoder.set_transforms(in_colour)) return failure(decoder);
  const int channels = png_get_channels(decoder.png(), decoder.info());
  const int wanted = in_colour ? 3 : 1;
  if (channels != wanted && channels != wanted + 1) return failure(decoder);
  cv::Mat pixels(static_cast<int>(height), static_cast<int>(width), CV_8UC(channels));
  if (png_get_rowbytes(decoder.png(), decoder.info()) > pixels.step) return failure(decoder);
  std::vector<png_bytep> rows(height);
  for (std::uint32_t y = 0; y < height; ++y) rows[y] = pixels.ptr(static_cast<int>(y));
  if (!decoder.read_rows(rows.data())) return failure(decoder);
  return channels == wanted ? pixels : over_white(pixels);
}

void append_number(Bytes& bytes, std::uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8)
    bytes.push_back(static_cast<std::uint8_t>(value >> shift & 0xff));
}

// The checksum of PNG chunks (ISO 3309, reflected polynomial).
std::uint32_t crc32_of(ByteView bytes) {
  static constexpr auto kTable = [] {
    std::array<std::uint32_t, 256> table{};
    for (std::uint32_t i = 0; i < 256; ++i) {
      std::uint32_t value = i;
      for (int bit = 0; bit < 8; ++bit)
        value = (value & 1) != 0 ? 0xedb88320u ^ value >> 1 : value >> 1;
      table[i] = value;
    }
    return table;
  }();
  std::uint32_t crc = 0xffffffffu;
  for (const std::uint8_t byte : bytes) crc = kTable[(crc ^ byte) & 0xff] ^ crc >> 8;
  return ~crc;
}

void append_chunk(Bytes& file, const char (&name)[5], ByteView data) {
  append_number(file, static_cast<std::uint32_t>(data.size()));
  const std::size_t start = file.size();
  file.insert(file.end(), name, name + 4);
  file.insert(file.end(), data.begin(), data.end());
  append_number(file, crc32_of(ByteView{file}.subspan(start)));
}

}  // namespace

Result<PngInfo> read_png_header(ByteView file, const Limits& limits) {
  Decoder decoder{file};
  if (!decoder.read_header()) return failure(decoder);
  const auto width = png_get_image_width(decoder.png(), decoder.info());
  const auto height = png_get_image_height(decoder.png(), decoder.info());
  PK_CHECK(check_page_size(width, height, limits));
  PngInfo info;
  info.width = static_cast<int>(width);
  info.height = static_cast<int>(height);
  info.is_bilevel = png_get_bit_depth(decoder.png(), decoder.info()) == 1 &&
                    png_get_color_type(decoder.png(), decoder.info()) == PNG_COLOR_TYPE_GRAY;
  info.is_colour = (png_get_color_type(decoder.png(), decoder.info()) & PNG_COLOR_MASK_COLOR) != 0;
  info.stated.x = png_get_x_pixels_per_meter(decoder.png(), decoder.info()) * kMetresPerInch;
  info.stated.y = png_get_y_pixels_per_meter(decoder.png(), decoder.info()) * kMetresPerInch;
  return info;
}

Result<cv::Mat> read_png_gray(ByteView file, const Limits& limits) {
  return read_pixels(file, false, limits);
}

Result<cv::Mat> read_png_rgb(ByteView file, const Limits& limits) {
  return read_pixels(file, true, limits);
}

Bytes wrap_png(const PngStream& stream) {
  Bytes file{0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
  Bytes header;
  append_number(header, static_cast<std::uint32_t>(stream.width));
  append_number(header, static_cast<std::uint32_t>(stream.height));
  const int colour = !stream.palette.empty() ? PNG_COLOR_TYPE_PALETTE
                     : stream.is_colour      ? PNG_COLOR_TYPE_RGB
                                             : PNG_COLOR_TYPE_GRAY;
  for (const int value : {stream.bits, colour, 0, 0, 0})
    header.push_back(static_cast<std::uint8_t>(value));
  append_chunk(file, "IHDR", header);
  Bytes density;
  append_number(density, static_cast<std::uint32_t>(stream.dpi_x / kMetresPerInch + 0.5));
  append_number(density, static_cast<std::uint32_t>(stream.dpi_y / kMetresPerInch + 0.5));
  density.push_back(PNG_RESOLUTION_METER);
  append_chunk(file, "pHYs", density);
  if (!stream.palette.empty()) append_chunk(file, "PLTE", stream.palette);
  append_chunk(file, "IDAT", stream.data);
  append_chunk(file, "IEND", {});
  return file;
}

}  // namespace postkamer::intake
