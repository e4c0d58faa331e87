// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/intake/jpeg_codec.h"

#include <algorithm>
#include <csetjmp>
#include <cstdio>
#include <cstdlib>

#include <fmt/format.h>
#include <jerror.h>
#include <jpeglib.h>
#include <opencv2/imgproc.hpp>

namespace postkamer::intake {
namespace {

// libjpeg's error manager with a way back. The functions that call setjmp own nothing that needs a
// destructor: a long jump would skip it.
struct ErrorManager {
  jpeg_error_mgr base;
  std::jmp_buf back;
  int error = 0;           // libjpeg's message number
  bool ran_dry = false;    // the file ended before the picture
  bool lost_data = false;  // the decoder made up pixels
};

void on_exit(j_common_ptr info) {
  auto* manager = reinterpret_cast<ErrorManager*>(info->err);
  manager->error = info->err->msg_code;
  std::longjmp(manager->back, 1);
}

void on_message(j_common_ptr info, int level) {
  if (level >= 0) return;
  auto* manager = reinterpret_cast<ErrorManager*>(info->err);
  if (info->err->msg_code == JWRN_JPEG_EOF) manager->ran_dry = true;
  if (info->err->msg_code == JWRN_HIT_MARKER) manager->lost_data = true;
}

void be_silent(j_common_ptr) {}

void install(ErrorManager& manager) {
  jpeg_std_error(&manager.base);
  manager.base.error_exit = &on_exit;
  manager.base.emit_message = &on_message;
  manager.base.output_message = &be_silent;
}

class Decoder {
 public:
  explicit Decoder(ByteView file) : file_(file) {
    install(errors_);
    info_.err = &errors_.base;
  }
  Decoder(const Decoder&) = delete;
  Decoder& operator=(const Decoder&) = delete;
  ~Decoder() {
    if (is_created_) jpeg_destroy_decompress(&info_);
  }

  bool read_header() {
    if (setjmp(errors_.back) != 0) return false;
    jpeg_create_decompress(&info_);
    is_created_ = true;
    jpeg_mem_src(&info_, file_.data(), static_cast<unsigned long>(file_.size()));
    return jpeg_read_header(&info_, TRUE) == JPEG_HEADER_OK;
  }

  // Rows in `space`, or of four bytes a pixel for CMYK, straight into `target`.
  bool read_rows(J_COLOR_SPACE space, std::uint8_t* target, std::size_t stride) {
    if (setjmp(errors_.back) != 0) return false;
    info_.out_color_space = is_cmyk() ? JCS_CMYK : space;
    info_.dct_method = JDCT_ISLOW;
    jpeg_start_decompress(&info_);
    while (info_.output_scanline < info_.output_height) {
      JSAMPROW row = target + stride * info_.output_scanline;
      jpeg_read_scanlines(&info_, &row, 1);
    }
    return true;
  }

  [[nodiscard]] bool is_cmyk() const { return info_.num_components == 4; }
  // Adobe's writers store CMYK upside down: 255 is no ink.
  [[nodiscard]] bool is_inverted_cmyk() const { return info_.saw_Adobe_marker != 0; }
  [[nodiscard]] const jpeg_decompress_struct& info() const { return info_; }
  [[nodiscard]] const ErrorManager& errors() const { return errors_; }

 private:
  ByteView file_;
  ErrorManager errors_{};
  jpeg_decompress_struct info_{};
  bool is_created_ = false;
};

tl::unexpected<Error> failure(const ErrorManager& errors) {
  switch (errors.error) {
    case JERR_INPUT_EOF:
    case JERR_INPUT_EMPTY:
      return fail(ErrorCode::invalid_document, "scan_truncated",
                  "the JPEG ends before its picture begins; scan again");
    case JERR_BAD_PRECISION:
    case JERR_SOF_UNSUPPORTED:
    case JERR_ARITH_NOTIMPL:
    case JERR_CONVERSION_NOTIMPL:
      return fail(ErrorCode::unsupported, "scan_format",
                  fmt::format("a kind of JPEG that scanners do not write (libjpeg message {})",
                              errors.error));
    default: break;
  }
  if (errors.ran_dry)
    return fail(ErrorCode::invalid_document, "scan_truncated",
                "the JPEG ends before its last row; scan again");
  return fail(
      ErrorCode::invalid_document, "scan_damaged",
      fmt::format("the JPEG cannot be decoded (libjpeg message {}); scan again", errors.error));
}

StatedResolution stated_resolution(const jpeg_decompress_struct& info) {
  if (info.saw_JFIF_marker == 0) return {};
  if (info.density_unit == 1) return {double(info.X_density), double(info.Y_density)};
  if (info.density_unit == 2) return {info.X_density * 2.54, info.Y_density * 2.54};
  return {};
}

cv::Mat rgb_from_cmyk(const cv::Mat& cmyk, bool is_inverted) {
  cv::Mat rgb(cmyk.rows, cmyk.cols, CV_8UC3);
  const int flip = is_inverted ? 0 : 255;
  for (int y = 0; y < cmyk.rows; ++y) {
    const auto* source = cmyk.ptr<std::uint8_t>(y);
    auto* target = rgb.ptr<std::uint8_t>(y);
    for (int x = 0; x < cmyk.cols; ++x) {
      const int key = source[4 * x + 3] ^ flip;
      for (int i = 0; i < 3; ++i)
        target[3 * x + i] = static_cast<std::uint8_t>((source[4 * x + i] ^ flip) * key / 255);
    }
  }
  return rgb;
}

cv::Mat gray_from_cmyk(const cv::Mat& cmyk, bool is_inverted) {
  cv::Mat gray;
  cv::cvtColor(rgb_from_cmyk(cmyk, is_inverted), gray, cv::COLOR_RGB2GRAY);
  return gray;
}

// As the file has them: `channels` a pixel in `space`, or four of a CMYK file.
Result<cv::Mat> read_pixels(Decoder& decoder, J_COLOR_SPACE space, int channels,
                            const Limits& limits) {
  if (!decoder.read_header()) return failure(decoder.errors());
  PK_CHECK(check_page_size(decoder.info().image_width, decoder.info().image_height, limits));
  const int width = static_cast<int>(decoder.info().image_width);
  const int height = static_cast<int>(decoder.info().image_height);
  cv::Mat pixels(height, width, CV_8UC(decoder.is_cmyk() ? 4 : channels));
  if (!decoder.read_rows(space, pixels.data, pixels.step) || decoder.errors().lost_data)
    return failure(decoder.errors());
  return pixels;
}

struct Encoder {
  ErrorManager errors{};
  jpeg_compress_struct info{};
  unsigned char* bytes = nullptr;
  unsigned long size = 0;
  bool is_created = false;
  Encoder() {
    install(errors);
    info.err = &errors.base;
  }
  Encoder(const Encoder&) = delete;
  Encoder& operator=(const Encoder&) = delete;
  ~Encoder() {
    if (is_created) jpeg_destroy_compress(&info);
    std::free(bytes);
  }

  bool encode(const std::uint8_t* pixels, std::size_t stride, int width, int height, int dpi,
              int quality) {
    if (setjmp(errors.back) != 0) return false;
    jpeg_create_compress(&info);
    is_created = true;
    jpeg_mem_dest(&info, &bytes, &size);
    info.image_width = static_cast<JDIMENSION>(width);
    info.image_height = static_cast<JDIMENSION>(height);
    info.input_components = 1;
    info.in_color_space = JCS_GRAYSCALE;
    jpeg_set_defaults(&info);
    jpeg_set_quality(&info, quality, TRUE);
    info.density_unit = 1;
    info.X_density = info.Y_density = static_cast<UINT16>(dpi);
    jpeg_start_compress(&info, TRUE);
    while (info.next_scanline < info.image_height) {
      // libjpeg takes a writable row and does not write to it.
      JSAMPROW row = const_cast<std::uint8_t*>(pixels + stride * info.next_scanline);
      jpeg_write_scanlines(&info, &row, 1);
    }
    jpeg_finish_compress(&info);
    return true;
  }
};

}  // namespace

Result<JpegInfo> read_jpeg_header(ByteView file, const Limits& limits) {
  Decoder decoder{file};
  if (!decoder.read_header()) return failure(decoder.errors());
  const jpeg_decompress_struct& info = decoder.info();
  PK_CHECK(check_page_size(info.image_width, info.image_height, limits));
  return JpegInfo{static_cast<int>(info.image_width), static_cast<int>(info.image_height),
                  info.num_components, stated_resolution(info)};
}

Result<cv::Mat> read_jpeg_gray(ByteView file, const Limits& limits) {
  Decoder decoder{file};
  PK_TRY(pixels, read_pixels(decoder, JCS_GRAYSCALE, 1, limits));
  return decoder.is_cmyk() ? gray_from_cmyk(pixels, decoder.is_inverted_cmyk()) : pixels;
}

Result<cv::Mat> read_jpeg_rgb(ByteView file, const Limits& limits) {
  Decoder decoder{file};
  PK_TRY(pixels, read_pixels(decoder, JCS_RGB, 3, limits));
  return decoder.is_cmyk() ? rgb_from_cmyk(pixels, decoder.is_inverted_cmyk()) : pixels;
}

Result<Bytes> encode_jpeg_gray(const cv::Mat& pixels, Dpi dpi, int quality) {
  Encoder encoder;
  const int density = static_cast<int>(std::clamp(dpi.value, 1.0, 65'535.0) + 0.5);
  if (!encoder.encode(pixels.data, pixels.step, pixels.cols, pixels.rows, density,
                      std::clamp(quality, 1, 100)))
    return fail(
        ErrorCode::internal, "encode_failed",
        fmt::format("while writing a JPEG in memory: libjpeg message {}", encoder.errors.error));
  return Bytes(encoder.bytes, encoder.bytes + encoder.size);
}

}  // namespace postkamer::intake
