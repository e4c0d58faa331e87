// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/intake/png_codec.h"

#include <functional>

#include <png.h>

#include <gtest/gtest.h>

#include "pipeline/intake/decode.h"
#include "pipeline/intake/tiff_scan.h"
#include "tests/unit/pipeline/intake/drawn.h"

namespace postkamer::intake {
namespace {

// A PNG written by libpng; `row` gives the bytes of one row.
struct PngShape {
  int width = 16;
  int height = 16;
  int depth = 8;
  int colour = PNG_COLOR_TYPE_GRAY;
  int interlace = PNG_INTERLACE_NONE;
  bool has_palette = false;
  int dots_down = 11811;  // a metre
};

Bytes png_of(const PngShape& shape, const std::function<Bytes(int y)>& row) {
  Bytes file;
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
  png_infop info = png_create_info_struct(png);
  png_set_write_fn(
      png, &file,
      [](png_structp writer, png_bytep data, std::size_t size) {
        auto& target = *static_cast<Bytes*>(png_get_io_ptr(writer));
        target.insert(target.end(), data, data + size);
      },
      [](png_structp) {});
  png_set_IHDR(png, info, static_cast<png_uint_32>(shape.width),
               static_cast<png_uint_32>(shape.height), shape.depth, shape.colour, shape.interlace,
               PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  png_set_pHYs(png, info, 11811, static_cast<png_uint_32>(shape.dots_down), PNG_RESOLUTION_METER);
  const png_color colours[] = {{255, 255, 255}, {255, 0, 0}, {0, 0, 255}, {0, 0, 0}};
  if (shape.has_palette) png_set_PLTE(png, info, colours, 4);
  png_write_info(png, info);
  const int passes = png_set_interlace_handling(png);
  for (int pass = 0; pass < passes; ++pass)
    for (int y = 0; y < shape.height; ++y) png_write_row(png, row(y).data());
  png_write_end(png, info);
  png_destroy_write_struct(&png, &info);
  return file;
}

cv::Mat gray_of(const Bytes& file) {
  const auto pixels = read_png_gray(file, {});
  EXPECT_TRUE(pixels);
  return pixels ? *pixels : cv::Mat{};
}

TEST(Png, brings_every_kind_to_gray) {
  PngShape shape;
  shape.depth = 16;
  cv::Mat gray = gray_of(png_of(shape, [](int) { return Bytes(32, 0x80); }));
  EXPECT_EQ(gray.at<std::uint8_t>(5, 5), 128);

  shape = {};
  shape.colour = PNG_COLOR_TYPE_RGB;
  gray = gray_of(png_of(shape, [](int) {
    Bytes row;
    for (int i = 0; i < 16; ++i) row.insert(row.end(), {255, 0, 0});
    return row;
  }));
  EXPECT_NEAR(gray.at<std::uint8_t>(5, 5), 76, 1);

  shape = {};
  shape.colour = PNG_COLOR_TYPE_PALETTE;
  shape.depth = 2;
  shape.has_palette = true;
  gray = gray_of(png_of(shape, [](int) { return Bytes(4, 0b00'01'10'11); }));
  EXPECT_EQ(gray.at<std::uint8_t>(0, 0), 255);
  EXPECT_NEAR(gray.at<std::uint8_t>(0, 1), 76, 1);
  EXPECT_NEAR(gray.at<std::uint8_t>(0, 2), 29, 1);
  EXPECT_EQ(gray.at<std::uint8_t>(0, 3), 0);

  shape = {};
  shape.colour = PNG_COLOR_TYPE_GRAY_ALPHA;
  gray = gray_of(png_of(shape, [](int) {
    Bytes row;
    for (int i = 0; i < 16; ++i)
      row.insert(row.end(), {0, static_cast<std::uint8_t>(i == 0 ? 0 : 255)});
    return row;
  }));
  EXPECT_EQ(gray.at<std::uint8_t>(0, 0), 255) << "what is transparent is paper";
  EXPECT_EQ(gray.at<std::uint8_t>(0, 1), 0);
}

TEST(Png, brings_every_kind_to_colour) {
  PngShape shape;
  shape.colour = PNG_COLOR_TYPE_RGB_ALPHA;
  const auto mixed = read_png_rgb(png_of(shape,
                                         [](int) {
                                           Bytes row;
                                           for (int i = 0; i < 8; ++i)
                                             row.insert(row.end(), {255, 0, 0, 255, 9, 9, 9, 0});
                                           return row;
                                         }),
                                  {});
  ASSERT_TRUE(mixed);
  EXPECT_EQ(mixed->at<cv::Vec3b>(5, 0), cv::Vec3b(255, 0, 0));
  EXPECT_EQ(mixed->at<cv::Vec3b>(5, 1), cv::Vec3b(255, 255, 255)) << "transparent is paper";

  shape = {};
  shape.colour = PNG_COLOR_TYPE_PALETTE;
  shape.depth = 2;
  shape.has_palette = true;
  const Bytes file = png_of(shape, [](int) { return Bytes(4, 0b00'01'10'11); });
  EXPECT_TRUE(read_png_header(file, {})->is_colour);
  const auto pixels = read_png_rgb(file, {});
  ASSERT_TRUE(pixels);
  EXPECT_EQ(pixels->at<cv::Vec3b>(0, 2), cv::Vec3b(0, 0, 255));
}

TEST(Png, unequal_resolutions_are_made_square_and_colour_stays) {
  PngShape shape;
  shape.colour = PNG_COLOR_TYPE_RGB;
  shape.width = 60;
  shape.height = 40;
  shape.dots_down = 5906;  // 150 dpi
  const auto scan = decode_scan(png_of(shape,
                                       [](int) {
                                         Bytes row;
                                         for (int i = 0; i < 60; ++i)
                                           row.insert(row.end(), {200, 0, 0});
                                         return row;
                                       }),
                                {}, {}, {});
  ASSERT_TRUE(scan) << scan.error().message;
  const Picture& picture = scan->pages.at(0);
  EXPECT_EQ(picture.width, 60);
  EXPECT_EQ(picture.height, 80);
  EXPECT_EQ(picture.origin, PictureOrigin::coded_again);
  const auto pixels = read_stored_tiff(picture, {});
  ASSERT_TRUE(pixels);
  ASSERT_EQ(pixels->type(), CV_8UC3);
  EXPECT_EQ(pixels->at<cv::Vec3b>(79, 59), cv::Vec3b(200, 0, 0));
}

TEST(Png, one_bit_gray_is_bilevel_and_interlacing_changes_nothing) {
  PngShape shape;
  shape.depth = 1;
  const auto row = [](int y) {
    return Bytes(2, static_cast<std::uint8_t>(y % 2 == 0 ? 0xf0 : 0x0f));
  };
  const Bytes plain = png_of(shape, row);
  EXPECT_TRUE(read_png_header(plain, {})->is_bilevel);
  EXPECT_NEAR(read_png_header(plain, {})->stated.x, 300.0, 0.1);
  shape.interlace = PNG_INTERLACE_ADAM7;
  EXPECT_TRUE(drawn::is_equal(gray_of(plain), gray_of(png_of(shape, row))));
}

TEST(Png, a_cut_file_is_truncated_and_a_changed_one_damaged) {
  PngShape shape;
  shape.width = 400;
  shape.height = 400;
  unsigned state = 1;
  Bytes file = png_of(shape, [&state](int) {
    Bytes row(400);
    for (auto& pixel : row)
      pixel = static_cast<std::uint8_t>((state = state * 1664525u + 1013904223u) >> 24);
    return row;
  });
  const Bytes half(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(file.size() / 2));
  EXPECT_EQ(read_png_gray(half, {}).error().reason, "scan_truncated");
  file[file.size() / 2] ^= 0x10;
  EXPECT_EQ(read_png_gray(file, {}).error().reason, "scan_damaged");
}

TEST(Png, refuses_a_bomb_by_its_header) {
  PngShape shape;
  Bytes file = png_of(shape, [](int) { return Bytes(16, 0); });
  // Width and height sit behind the signature and the chunk's name; libpng checks the sum before
  // use.
  file[16] = 0x7f;
  const auto pixels = read_png_gray(file, {});
  ASSERT_FALSE(pixels);
  EXPECT_TRUE(pixels.error().reason == "limit_side_pixels" ||
              pixels.error().reason == "scan_damaged");
}

}  // namespace
}  // namespace postkamer::intake
