// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/intake/decode.h"

#include <gtest/gtest.h>

#include "pipeline/intake/jpeg_codec.h"
#include "pipeline/intake/tiff_encode.h"
#include "tests/unit/pipeline/intake/drawn.h"

namespace postkamer::intake {
namespace {

Result<DecodedScan> decode(ByteView file, Limits limits = {}, DecodeRequest request = {}) {
  return decode_scan(file, request, limits, {});
}

std::string reason_of(ByteView file, const Limits& limits = {}) {
  const auto scan = decode(file, limits);
  return scan ? "decoded" : scan.error().reason;
}

TEST(Decode, gives_the_reason_for_what_is_no_scan) {
  EXPECT_EQ(reason_of({}), "scan_empty");
  EXPECT_EQ(reason_of(bytes_of("half a letter")), "scan_not_an_image");
  EXPECT_EQ(reason_of(bytes_of("GIF89a......")), "scan_format");
  EXPECT_EQ(reason_of(bytes_of("PK\x03\x04....docx")), "scan_format");
}

TEST(Decode, names_the_limit_of_bytes_and_its_value) {
  Limits limits;
  limits.file_bytes = 10;
  const auto scan = decode(bytes_of("%PDF-1.7 and more"), limits);
  ASSERT_FALSE(scan);
  EXPECT_EQ(scan.error().code, ErrorCode::resource_limit);
  EXPECT_EQ(scan.error().reason, "limit_file_bytes");
  EXPECT_EQ(scan.error().message, "17 bytes; limit file_bytes is 10; scan in smaller batches");
}

TEST(Decode, encoding_and_opening_a_bilevel_page_changes_nothing) {
  for (const int width : {5, 7, 8, 9, 64, 1003}) {
    GrayImage page = drawn::noise(width, 60, 7);
    page.pixels = page.pixels > 128;
    const auto picture = encode_bilevel(page);
    ASSERT_TRUE(picture) << width;
    const auto opened = open_picture(*picture, {});
    ASSERT_TRUE(opened) << width;
    EXPECT_TRUE(opened->is_bilevel);
    EXPECT_TRUE(drawn::is_equal(opened->pixels, page.pixels)) << width;
    EXPECT_EQ(opened->dpi, page.dpi);
  }
}

TEST(Decode, encoding_a_gray_page_keeps_it_within_the_loss_of_jpeg) {
  GrayImage page = drawn::a4(100.0);
  drawn::text(page, 5, 50, 100);
  cv::GaussianBlur(page.pixels, page.pixels, cv::Size(5, 5), 0);
  const auto picture = encode_gray(page, 90);
  ASSERT_TRUE(picture);
  EXPECT_EQ(picture->format, PictureFormat::jpeg);
  const auto opened = open_picture(*picture, {});
  ASSERT_TRUE(opened);
  EXPECT_FALSE(opened->is_bilevel);
  EXPECT_LT(
      cv::norm(opened->pixels, page.pixels, cv::NORM_L1) / static_cast<double>(page.pixels.total()),
      1.5);
}

TEST(Decode, keeps_a_jpeg_file_byte_for_byte_with_its_resolution) {
  const auto file = encode_jpeg_gray(drawn::a4(200.0).pixels, Dpi{200.0}, 75);
  ASSERT_TRUE(file);
  const auto scan = decode(*file);
  ASSERT_TRUE(scan);
  EXPECT_EQ(scan->page_count, 1);
  EXPECT_EQ(scan->pages.at(0).bytes, *file);
  EXPECT_EQ(scan->pages.at(0).dpi, Dpi{200.0});
  EXPECT_TRUE(scan->findings.empty());
}

TEST(Decode, a_jpeg_of_unequal_resolutions_is_made_square) {
  auto file = encode_jpeg_gray(drawn::corners(1728, 1100).pixels, Dpi{204.0}, 90);
  ASSERT_TRUE(file);
  (*file)[17] = 98;  // JFIF's vertical density, low byte
  const auto scan = decode(*file);
  ASSERT_TRUE(scan) << scan.error().message;
  const Picture& picture = scan->pages.at(0);
  EXPECT_EQ(picture.width, 1728);
  EXPECT_EQ(picture.height, 2290);  // 1100 x 204 / 98
  EXPECT_EQ(picture.dpi, Dpi{204.0});
  EXPECT_EQ(picture.origin, PictureOrigin::coded_again);
  const auto opened = open_picture(picture, {});
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->height(), 2290);
}

TEST(Decode, a_jpeg_that_ends_early_is_truncated_and_never_half_gray) {
  const auto file = encode_jpeg_gray(drawn::noise(600, 800, 3).pixels, Dpi{300.0}, 75);
  ASSERT_TRUE(file);
  Bytes half(file->begin(), file->begin() + static_cast<std::ptrdiff_t>(file->size() / 2));
  const auto scan = decode(half);
  ASSERT_TRUE(scan) << "the header is whole";
  const auto opened = open_picture(scan->pages.at(0), {});
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().reason, "scan_truncated");
}

TEST(Decode, refuses_a_page_of_too_many_pixels_from_its_header_alone) {
  const auto file = encode_bilevel(drawn::paper(2000, 1000));
  ASSERT_TRUE(file);
  Limits limits;
  limits.page_pixels = 1'999'999;
  EXPECT_EQ(reason_of(file->bytes, limits), "limit_page_pixels");
  limits = {};
  limits.side_pixels = 1999;
  EXPECT_EQ(reason_of(file->bytes, limits), "limit_side_pixels");
  limits = {};
  limits.side_ratio = 1.9;
  EXPECT_EQ(reason_of(file->bytes, limits), "limit_side_ratio");
  EXPECT_EQ(open_picture(*file, limits).error().reason, "limit_side_ratio");
}

TEST(Decode, asking_beyond_the_last_page_gives_no_pages_but_the_count) {
  const auto file = encode_bilevel(drawn::paper(100, 100));
  ASSERT_TRUE(file);
  const auto scan = decode(file->bytes, {}, {5, 16});
  ASSERT_TRUE(scan);
  EXPECT_EQ(scan->page_count, 1);
  EXPECT_TRUE(scan->pages.empty());
}

TEST(Decode, any_cut_of_a_file_gives_the_whole_picture_or_a_reason) {
  GrayImage page = drawn::paper(300, 200);
  drawn::text(page, 2, 10, 60);
  const auto tiff = encode_bilevel(page);
  const auto jpeg = encode_gray(page, 80);
  ASSERT_TRUE(tiff && jpeg);
  for (const Bytes& whole : {tiff->bytes, jpeg->bytes}) {
    for (std::size_t size = 0; size < whole.size(); size += 7) {
      const auto scan = decode(ByteView{whole}.first(size));
      if (!scan) {
        EXPECT_FALSE(scan.error().reason.empty());
      } else if (!scan->pages.empty()) {
        const auto opened = open_picture(scan->pages[0], {});
        const auto complete = open_picture(decode(whole)->pages.at(0), {});
        EXPECT_TRUE(!opened || drawn::is_equal(opened->pixels, complete->pixels)) << size;
      }
    }
  }
}

TEST(Decode, any_single_changed_byte_gives_a_picture_or_a_reason) {
  GrayImage page = drawn::paper(200, 150);
  drawn::text(page, 1, 5, 60);
  const auto tiff = encode_bilevel(page);
  const auto lzw = encode_lzw(page.pixels, Dpi{300.0});
  ASSERT_TRUE(tiff && lzw);
  for (const Bytes& whole : {tiff->bytes, *lzw}) {
    for (std::size_t at = 0; at < whole.size(); ++at) {
      Bytes changed = whole;
      changed[at] ^= 0x55;
      const auto scan = decode(changed);
      if (!scan || scan->pages.empty()) continue;
      const auto opened = open_picture(scan->pages[0], {});
      EXPECT_TRUE(!opened || !opened->pixels.empty());
    }
  }
}

}  // namespace
}  // namespace postkamer::intake
