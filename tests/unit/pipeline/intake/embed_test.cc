// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/intake/embed.h"

#include <gtest/gtest.h>
#include <jpeglib.h>
#include <png.h>
#include <tiffio.h>

#include <algorithm>
#include <opencv2/core.hpp>

#include "pipeline/archive/document_pdf.h"
#include "pipeline/intake/decode.h"
#include "pipeline/intake/tiff_memory.h"
#include "tests/unit/pipeline/archive/pdf_probe.h"

namespace postkamer::intake {
namespace {

using test::share_different;
using test::test_picture;
using Filter = EmbeddedImage::Filter;

constexpr int kWidth = 203;  // not a multiple of eight
constexpr int kHeight = 150;

cv::Mat gray() { return test_picture(kWidth, kHeight, false).pixels; }
cv::Mat bilevel() { return test_picture(kWidth, kHeight, true).pixels; }

// R, G, B order.
cv::Mat colour() {
  cv::Mat pixels(kHeight, kWidth, CV_8UC3);
  const cv::Mat source = gray();
  for (int y = 0; y < kHeight; ++y) {
    for (int x = 0; x < kWidth; ++x) {
      const std::uint8_t value = source.at<std::uint8_t>(y, x);
      pixels.at<cv::Vec3b>(y, x) = {value, static_cast<std::uint8_t>(value / 2),
                                    static_cast<std::uint8_t>(255 - value)};
    }
  }
  return pixels;
}

Picture picture(PictureFormat format, Bytes bytes) {
  Picture made;
  made.format = format;
  made.bytes = std::move(bytes);
  made.width = kWidth;
  made.height = kHeight;
  return made;
}

struct TiffMaking {
  int compression = COMPRESSION_NONE;
  int photometric = PHOTOMETRIC_MINISBLACK;
  int rows_per_strip = kHeight;
  int fill_order = FILLORDER_MSB2LSB;
  int predictor = 0;  // 0 = tag left out
};

// `pixels` as 1 bit (rows already packed, CV_8UC1 of packed bytes, is_packed) or 8 bits a sample.
Picture tiff(const cv::Mat& pixels, bool is_packed, const TiffMaking& how) {
  TiffWriter writer;
  TIFF* file = writer.handle();
  TIFFSetField(file, TIFFTAG_IMAGEWIDTH, kWidth);
  TIFFSetField(file, TIFFTAG_IMAGELENGTH, kHeight);
  TIFFSetField(file, TIFFTAG_BITSPERSAMPLE, is_packed ? 1 : 8);
  TIFFSetField(file, TIFFTAG_SAMPLESPERPIXEL, pixels.channels());
  TIFFSetField(file, TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG);
  TIFFSetField(file, TIFFTAG_COMPRESSION, how.compression);
  TIFFSetField(file, TIFFTAG_PHOTOMETRIC, how.photometric);
  TIFFSetField(file, TIFFTAG_ROWSPERSTRIP, how.rows_per_strip);
  TIFFSetField(file, TIFFTAG_FILLORDER, how.fill_order);
  if (how.predictor != 0) TIFFSetField(file, TIFFTAG_PREDICTOR, how.predictor);
  for (int y = 0; y < kHeight; ++y) {
    cv::Mat row = pixels.row(y).clone();
    TIFFWriteScanline(file, row.data, static_cast<std::uint32_t>(y), 0);
  }
  return picture(PictureFormat::tiff, *writer.finish());
}

// Rows of bits; a set bit is white when `white_is_1`.
cv::Mat packed(const cv::Mat& pixels, bool white_is_1) {
  cv::Mat bits = cv::Mat::zeros(pixels.rows, (pixels.cols + 7) / 8, CV_8UC1);
  for (int y = 0; y < pixels.rows; ++y) {
    for (int x = 0; x < pixels.cols; ++x) {
      if ((pixels.at<std::uint8_t>(y, x) != 0) == white_is_1) {
        bits.at<std::uint8_t>(y, x / 8) |= static_cast<std::uint8_t>(0x80 >> x % 8);
      }
    }
  }
  return bits;
}

Picture png(const cv::Mat& pixels, png_uint_32 format) {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.width = static_cast<png_uint_32>(pixels.cols);
  image.height = static_cast<png_uint_32>(pixels.rows);
  image.format = format;
  png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(image);
  Bytes bytes(size);
  png_image_write_to_memory(&image, bytes.data(), &size, 0, pixels.data, 0, nullptr);
  bytes.resize(size);
  return picture(PictureFormat::png, bytes);
}

Picture jpeg(const cv::Mat& pixels, J_COLOR_SPACE space, bool is_progressive) {
  jpeg_compress_struct coder{};
  jpeg_error_mgr errors{};
  coder.err = jpeg_std_error(&errors);
  jpeg_create_compress(&coder);
  unsigned char* data = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&coder, &data, &size);
  coder.image_width = static_cast<JDIMENSION>(pixels.cols);
  coder.image_height = static_cast<JDIMENSION>(pixels.rows);
  coder.input_components = pixels.channels();
  coder.in_color_space = space;
  jpeg_set_defaults(&coder);
  jpeg_set_quality(&coder, 95, TRUE);
  if (is_progressive) jpeg_simple_progression(&coder);
  jpeg_start_compress(&coder, TRUE);
  for (int y = 0; y < pixels.rows; ++y) {
    cv::Mat row = pixels.row(y).clone();
    JSAMPROW line = row.data;
    jpeg_write_scanlines(&coder, &line, 1);
  }
  jpeg_finish_compress(&coder);
  Bytes bytes(data, data + size);
  jpeg_destroy_compress(&coder);
  std::free(data);
  return picture(PictureFormat::jpeg, bytes);
}

EmbeddedImage embedded(const Picture& source) {
  auto image = embeddable(source, Limits{});
  if (!image) throw std::runtime_error(image.error().message);
  return std::move(*image);
}

// The picture as other people's programs see it in an archive copy.
cv::Mat seen(const Picture& source) {
  archive::ArchivePage page;
  page.image = embedded(source);
  auto pdf = archive::document_pdf({page}, {"t", "c", ""}, test::resources());
  if (!pdf) throw std::runtime_error(pdf.error().message);
  EXPECT_EQ(test::qpdf_complaints(*pdf), std::vector<std::string>{});
  return test::first_picture(*pdf);
}

cv::Mat as_gray(const cv::Mat& pixels) {
  cv::Mat first;
  cv::extractChannel(pixels, first, 0);
  return first;
}

TEST(Embeddable, takes_a_g4_strip_over_whichever_way_its_bits_lie) {
  for (const bool white_is_1 : {false, true}) {
    for (const int order : {FILLORDER_MSB2LSB, FILLORDER_LSB2MSB}) {
      const Picture source =
          tiff(packed(bilevel(), white_is_1), true,
               {COMPRESSION_CCITTFAX4, white_is_1 ? PHOTOMETRIC_MINISBLACK : PHOTOMETRIC_MINISWHITE,
                kHeight, order, 0});
      EXPECT_EQ(embedded(source).filter, Filter::ccitt_g4);
      EXPECT_EQ(embedded(source).black_is_1, white_is_1);
      EXPECT_EQ(share_different(as_gray(seen(source)), bilevel(), 0), 0.0)
          << white_is_1 << " " << order;
    }
  }
}

TEST(Embeddable, keeps_the_bytes_of_our_own_g4) {
  const Picture source = *encode_bilevel(test_picture(kWidth, kHeight, true));
  const EmbeddedImage image = embedded(source);
  EXPECT_NE(
      std::search(source.bytes.begin(), source.bytes.end(), image.data.begin(), image.data.end()),
      source.bytes.end());
}

TEST(Embeddable, makes_one_strip_of_many) {
  for (const int compression : {COMPRESSION_CCITTFAX4, COMPRESSION_CCITTFAX3, COMPRESSION_PACKBITS,
                                COMPRESSION_NONE, COMPRESSION_LZW}) {
    const Picture source = tiff(packed(bilevel(), false), true,
                                {compression, PHOTOMETRIC_MINISWHITE, 16, FILLORDER_MSB2LSB, 0});
    EXPECT_EQ(embedded(source).filter, Filter::ccitt_g4) << compression;
    EXPECT_EQ(share_different(as_gray(seen(source)), bilevel(), 0), 0.0) << compression;
  }
}

TEST(Embeddable, keeps_every_gray_of_a_tiff) {
  for (const int compression :
       {COMPRESSION_NONE, COMPRESSION_LZW, COMPRESSION_ADOBE_DEFLATE, COMPRESSION_PACKBITS}) {
    for (const int rows : {kHeight, 16}) {
      const Picture source =
          tiff(gray(), false, {compression, PHOTOMETRIC_MINISBLACK, rows, FILLORDER_MSB2LSB, 0});
      EXPECT_EQ(embedded(source).components, 1);
      EXPECT_EQ(share_different(as_gray(seen(source)), gray(), 0), 0.0)
          << compression << " " << rows;
    }
  }
}

TEST(Embeddable, keeps_every_colour_of_a_tiff_with_or_without_predictor) {
  for (const int compression : {COMPRESSION_LZW, COMPRESSION_ADOBE_DEFLATE}) {
    for (const int predictor : {PREDICTOR_NONE, PREDICTOR_HORIZONTAL}) {
      const Picture source = tiff(
          colour(), false, {compression, PHOTOMETRIC_RGB, kHeight, FILLORDER_MSB2LSB, predictor});
      EXPECT_EQ(share_different(seen(source), colour(), 0), 0.0) << compression << " " << predictor;
    }
  }
}

TEST(Embeddable, takes_deflate_over_as_it_is) {
  const Picture source = tiff(gray(), false,
                              {COMPRESSION_ADOBE_DEFLATE, PHOTOMETRIC_MINISBLACK, kHeight,
                               FILLORDER_MSB2LSB, PREDICTOR_HORIZONTAL});
  EXPECT_EQ(embedded(source).predictor, 2);
}

TEST(Embeddable, keeps_png_exactly) {
  EXPECT_EQ(share_different(as_gray(seen(png(gray(), PNG_FORMAT_GRAY))), gray(), 0), 0.0);
  EXPECT_EQ(share_different(seen(png(colour(), PNG_FORMAT_RGB)), colour(), 0), 0.0);
}

TEST(Embeddable, lays_transparency_over_white) {
  cv::Mat with_alpha(kHeight, kWidth, CV_8UC4);
  cv::Mat wanted = colour();
  const cv::Mat opaque = colour();
  for (int y = 0; y < kHeight; ++y) {
    for (int x = 0; x < kWidth; ++x) {
      const cv::Vec3b c = opaque.at<cv::Vec3b>(y, x);
      const bool is_clear = x > kWidth / 2;
      with_alpha.at<cv::Vec4b>(y, x) = {c[0], c[1], c[2],
                                        static_cast<std::uint8_t>(is_clear ? 0 : 255)};
      if (is_clear) wanted.at<cv::Vec3b>(y, x) = {255, 255, 255};
    }
  }
  EXPECT_EQ(share_different(seen(png(with_alpha, PNG_FORMAT_RGBA)), wanted, 0), 0.0);
}

TEST(Embeddable, keeps_jpeg_bytes_of_every_plain_kind) {
  for (const bool is_progressive : {false, true}) {
    const Picture gray_source = jpeg(gray(), JCS_GRAYSCALE, is_progressive);
    EXPECT_EQ(embedded(gray_source).data, gray_source.bytes);
    EXPECT_LT(share_different(as_gray(seen(gray_source)), gray(), 30), 0.02);
    const Picture colour_source = jpeg(colour(), JCS_RGB, is_progressive);
    EXPECT_EQ(embedded(colour_source).data, colour_source.bytes);
    EXPECT_EQ(embedded(colour_source).components, 3);
    EXPECT_LT(share_different(seen(colour_source), colour(), 60), 0.05);
  }
}

TEST(Embeddable, knows_adobes_inverted_cmyk) {
  cv::Mat ink(kHeight, kWidth, CV_8UC4, cv::Scalar(255, 255, 255, 200));
  const EmbeddedImage image = embedded(jpeg(ink, JCS_CMYK, false));
  EXPECT_EQ(image.components, 4);
  EXPECT_TRUE(image.is_inverted);
}

TEST(Embeddable, carries_the_resolution_along) {
  Picture source = jpeg(gray(), JCS_GRAYSCALE, false);
  source.dpi = {240.0};
  EXPECT_EQ(embedded(source).dpi.value, 240.0);
}

TEST(Embeddable, refuses_what_is_no_picture) {
  for (const PictureFormat format :
       {PictureFormat::tiff, PictureFormat::jpeg, PictureFormat::png}) {
    for (const std::size_t size : {0U, 3U, 200U}) {
      const auto image = embeddable(picture(format, Bytes(size, 0x41)), Limits{});
      ASSERT_FALSE(image) << name_of(format) << " " << size;
      EXPECT_EQ(image.error().code, ErrorCode::invalid_document);
    }
  }
}

TEST(Embeddable, survives_every_truncation) {
  for (const Picture& whole : {*encode_bilevel(test_picture(kWidth, kHeight, true)),
                               png(colour(), PNG_FORMAT_RGB), jpeg(gray(), JCS_GRAYSCALE, false)}) {
    for (std::size_t size = 0; size < whole.bytes.size(); size += 1 + size / 16) {
      Picture cut = whole;
      cut.bytes.resize(size);
      const auto image = embeddable(cut, Limits{});
      if (image) {
        EXPECT_FALSE(image->data.empty()) << size;
      }
    }
  }
}

}  // namespace
}  // namespace postkamer::intake
