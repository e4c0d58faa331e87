// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/intake/tiff_scan.h"

#include <algorithm>
#include <functional>

#include <gtest/gtest.h>

#include "pipeline/intake/tiff_directory.h"
#include "pipeline/intake/tiff_encode.h"
#include "pipeline/intake/tiff_memory.h"
#include "tests/unit/pipeline/intake/drawn.h"

namespace postkamer::intake {
namespace {

struct TiffShape {
  int compression = COMPRESSION_CCITTFAX4;
  int photometric = PHOTOMETRIC_MINISWHITE;
  int orientation = ORIENTATION_TOPLEFT;
  int rows_per_strip = 0;  // 0 = all
  double x_dpi = 300.0;
  double y_dpi = 300.0;
  int subfile = 0;
  bool is_tiled = false;
};

std::vector<std::uint8_t> packed_row(const cv::Mat& pixels, int y, bool ink_is_one) {
  std::vector<std::uint8_t> row(static_cast<std::size_t>((pixels.cols + 7) / 8));
  for (int x = 0; x < pixels.cols; ++x)
    if ((pixels.at<std::uint8_t>(y, x) < 128) == ink_is_one)
      row[static_cast<std::size_t>(x / 8)] |= static_cast<std::uint8_t>(0x80 >> (x % 8));
  return row;
}

void write_bilevel(TIFF* tiff, const cv::Mat& pixels, const TiffShape& shape) {
  const auto set = [tiff](std::uint32_t tag, int value) {
    TIFFSetField(tiff, tag, static_cast<std::uint16_t>(value));
  };
  TIFFSetField(tiff, TIFFTAG_SUBFILETYPE, static_cast<std::uint32_t>(shape.subfile));
  TIFFSetField(tiff, TIFFTAG_IMAGEWIDTH, static_cast<std::uint32_t>(pixels.cols));
  TIFFSetField(tiff, TIFFTAG_IMAGELENGTH, static_cast<std::uint32_t>(pixels.rows));
  set(TIFFTAG_BITSPERSAMPLE, 1);
  set(TIFFTAG_SAMPLESPERPIXEL, 1);
  set(TIFFTAG_COMPRESSION, shape.compression);
  set(TIFFTAG_PHOTOMETRIC, shape.photometric);
  set(TIFFTAG_ORIENTATION, shape.orientation);
  TIFFSetField(
      tiff, TIFFTAG_ROWSPERSTRIP,
      static_cast<std::uint32_t>(shape.rows_per_strip > 0 ? shape.rows_per_strip : pixels.rows));
  if (shape.x_dpi > 0) {
    set(TIFFTAG_RESOLUTIONUNIT, RESUNIT_INCH);
    TIFFSetField(tiff, TIFFTAG_XRESOLUTION, shape.x_dpi);
    TIFFSetField(tiff, TIFFTAG_YRESOLUTION, shape.y_dpi);
  }
  for (int y = 0; y < pixels.rows; ++y) {
    auto row = packed_row(pixels, y, shape.photometric == PHOTOMETRIC_MINISWHITE);
    TIFFWriteScanline(tiff, row.data(), static_cast<std::uint32_t>(y));
  }
  TIFFWriteDirectory(tiff);
}

Bytes tiff_of(const std::vector<cv::Mat>& pages, const TiffShape& shape = {},
              TiffWriter::ByteOrder order = TiffWriter::ByteOrder::little) {
  TiffWriter writer{order};
  for (const cv::Mat& page : pages) write_bilevel(writer.handle(), page, shape);
  auto bytes = writer.finish();
  EXPECT_TRUE(bytes);
  return bytes.value_or(Bytes{});
}

GrayImage text_page() {
  GrayImage page = drawn::paper(620, 400);
  drawn::text(page, 3, 20, 90);
  page.pixels = page.pixels > 128;
  return page;
}

Result<GrayImage> only_page(const Bytes& file) {
  PK_TRY(scan, decode_tiff(file, {}, {}));
  return open_picture(scan.pages.at(0), {});
}

TEST(TiffScan, reads_every_bilevel_compression_alike) {
  const GrayImage page = text_page();
  for (const int compression :
       {COMPRESSION_NONE, COMPRESSION_CCITTRLE, COMPRESSION_CCITTFAX3, COMPRESSION_CCITTFAX4,
        COMPRESSION_LZW, COMPRESSION_PACKBITS, COMPRESSION_ADOBE_DEFLATE}) {
    for (const int photometric : {PHOTOMETRIC_MINISWHITE, PHOTOMETRIC_MINISBLACK}) {
      TiffShape shape;
      shape.compression = compression;
      shape.photometric = photometric;
      shape.rows_per_strip = 37;
      const auto opened = only_page(tiff_of({page.pixels}, shape));
      ASSERT_TRUE(opened) << compression << " " << opened.error().message;
      EXPECT_TRUE(drawn::is_equal(opened->pixels, page.pixels))
          << compression << "/" << photometric;
      EXPECT_TRUE(opened->is_bilevel);
    }
  }
}

TEST(TiffScan, reads_big_endian_files) {
  const GrayImage page = text_page();
  const auto opened = only_page(tiff_of({page.pixels}, {}, TiffWriter::ByteOrder::big));
  ASSERT_TRUE(opened);
  EXPECT_TRUE(drawn::is_equal(opened->pixels, page.pixels));
}

TEST(TiffScan, keeps_the_scanner_s_compressed_bytes) {
  const Bytes file = tiff_of({text_page().pixels});
  const auto scan = decode_tiff(file, {}, {});
  ASSERT_TRUE(scan);
  TiffReader before{file, {}};
  ASSERT_TRUE(before.go_to(list_tiff_pages(file, {})->pages.at(0)));
  const ByteView strip = ByteView{file}.subspan(TIFFGetStrileOffset(before.handle(), 0),
                                                TIFFGetStrileByteCount(before.handle(), 0));
  const Bytes& after = scan->pages.at(0).bytes;
  EXPECT_NE(std::search(after.begin(), after.end(), strip.begin(), strip.end()), after.end());
}

TEST(TiffScan, gives_the_pages_asked_for_and_the_count_of_all) {
  std::vector<cv::Mat> pages;
  for (int i = 0; i < 9; ++i) pages.push_back(drawn::paper(100 + i, 80).pixels);
  const auto scan = decode_tiff(tiff_of(pages), {6, 2}, {});
  ASSERT_TRUE(scan);
  EXPECT_EQ(scan->page_count, 9);
  ASSERT_EQ(scan->pages.size(), 2u);
  EXPECT_EQ(scan->pages[0].width, 106);
  EXPECT_EQ(scan->pages[1].width, 107);
}

TEST(TiffScan, leaves_thumbnails_out) {
  TiffWriter writer;
  TiffShape thumbnail;
  thumbnail.subfile = FILETYPE_REDUCEDIMAGE;
  write_bilevel(writer.handle(), drawn::paper(50, 40).pixels, thumbnail);
  write_bilevel(writer.handle(), drawn::paper(500, 400).pixels, {});
  const auto scan = decode_tiff(*writer.finish(), {}, {});
  ASSERT_TRUE(scan);
  EXPECT_EQ(scan->page_count, 1);
  EXPECT_EQ(scan->pages.at(0).width, 500);
}

TEST(TiffScan, takes_all_pages_where_all_are_called_reduced) {
  TiffWriter writer;
  TiffShape reduced;
  reduced.subfile = FILETYPE_REDUCEDIMAGE | FILETYPE_PAGE;
  for (const int width : {500, 501, 502})
    write_bilevel(writer.handle(), drawn::paper(width, 400).pixels, reduced);
  const auto scan = decode_tiff(*writer.finish(), {}, {});
  ASSERT_TRUE(scan);
  EXPECT_EQ(scan->page_count, 3);
}

TEST(TiffScan, shows_every_orientation_as_it_should_be_seen) {
  const cv::Mat seen = drawn::corners(64, 40).pixels;
  // How the rows lie in the file for each value of the tag (TIFF 6.0, page 36).
  const std::vector<std::function<cv::Mat(cv::Mat)>> stored{
      [](const cv::Mat& m) { return m.clone(); },
      [](const cv::Mat& m) {
        cv::Mat r;
        cv::flip(m, r, 1);
        return r;
      },
      [](const cv::Mat& m) {
        cv::Mat r;
        cv::flip(m, r, -1);
        return r;
      },
      [](const cv::Mat& m) {
        cv::Mat r;
        cv::flip(m, r, 0);
        return r;
      },
      [](const cv::Mat& m) { return cv::Mat(m.t()); },
      [](const cv::Mat& m) {
        cv::Mat r;
        cv::rotate(m, r, cv::ROTATE_90_COUNTERCLOCKWISE);
        return r;
      },
      [](const cv::Mat& m) {
        cv::Mat r;
        cv::flip(cv::Mat(m.t()), r, -1);
        return r;
      },
      [](const cv::Mat& m) {
        cv::Mat r;
        cv::rotate(m, r, cv::ROTATE_90_CLOCKWISE);
        return r;
      }};
  for (int orientation = 1; orientation <= 8; ++orientation) {
    TiffShape shape;
    shape.orientation = orientation;
    const auto opened =
        only_page(tiff_of({stored[static_cast<std::size_t>(orientation - 1)](seen)}, shape));
    ASSERT_TRUE(opened) << orientation;
    EXPECT_TRUE(drawn::is_equal(opened->pixels, seen)) << orientation;
  }
}

TEST(TiffScan, makes_fax_pixels_square) {
  TiffShape shape;
  shape.x_dpi = 204.0;
  shape.y_dpi = 98.0;
  const auto scan = decode_tiff(tiff_of({drawn::corners(1728, 1100).pixels}, shape), {}, {});
  ASSERT_TRUE(scan);
  const Picture& picture = scan->pages.at(0);
  EXPECT_EQ(picture.width, 1728);
  EXPECT_EQ(picture.height, 2290);  // 1100 x 204 / 98
  EXPECT_EQ(picture.dpi, Dpi{204.0});
  EXPECT_TRUE(picture.is_bilevel);
  const auto opened = open_picture(picture, {});
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->height(), picture.height);
  EXPECT_EQ(cv::countNonZero((opened->pixels != 0) & (opened->pixels != 255)), 0);
}

TEST(TiffScan, colour_stays_when_pixels_are_made_square) {
  const cv::Mat page = drawn::coloured_corners(64, 40);
  RawStrip strip;
  strip.width = page.cols;
  strip.height = page.rows;
  strip.bits = 8;
  strip.samples = 3;
  strip.photometric = PHOTOMETRIC_RGB;
  strip.data = {page.data, page.total() * page.elemSize()};
  const auto file = wrap_strip(strip, Dpi{300.0}, Dpi{150.0});
  ASSERT_TRUE(file);
  const auto scan = decode_tiff(*file, {}, {});
  ASSERT_TRUE(scan);
  EXPECT_EQ(scan->pages.at(0).height, 80);
  const auto pixels = read_stored_tiff(scan->pages[0], {});
  ASSERT_TRUE(pixels);
  ASSERT_EQ(pixels->type(), CV_8UC3);
  EXPECT_EQ(pixels->at<cv::Vec3b>(50, 12), cv::Vec3b(200, 0, 0)) << "the stamp";
}

TEST(TiffScan, deduces_a_missing_resolution_from_the_size_of_the_paper) {
  TiffShape shape;
  shape.x_dpi = 0.0;
  const auto scan = decode_tiff(tiff_of({drawn::paper(1654, 2339).pixels}, shape), {}, {});
  ASSERT_TRUE(scan);
  EXPECT_EQ(scan->pages.at(0).dpi, Dpi{200.0});
  ASSERT_EQ(scan->findings.size(), 1u);
  EXPECT_EQ(scan->findings[0].code, "resolution_guessed");
  EXPECT_EQ(scan->findings[0].page, 1);
}

TEST(TiffScan, a_file_that_lost_its_directory_is_truncated) {
  Bytes file = tiff_of({text_page().pixels});
  // libtiff writes the pixels first and the directory last.
  file.resize(list_tiff_pages(file, {})->pages.at(0) + 5);
  const auto scan = decode_tiff(file, {}, {});
  ASSERT_FALSE(scan);
  EXPECT_EQ(scan.error().reason, "scan_truncated");
}

// The offset of the pointer to the next directory: behind the entries of the one at `offset`.
std::size_t next_pointer(const Bytes& file, std::size_t offset) {
  return offset + 2 + 12u * (file[offset] | file[offset + 1] << 8);
}

void put(Bytes& file, std::size_t at, std::size_t value) {
  for (std::size_t i = 0; i < 4; ++i) file[at + i] = static_cast<std::uint8_t>(value >> (8 * i));
}

TEST(TiffDirectory, ends_at_a_directory_seen_before_and_says_so) {
  Bytes file = tiff_of({drawn::paper(40, 40).pixels, drawn::paper(41, 40).pixels});
  const auto before = list_tiff_pages(file, {});
  ASSERT_TRUE(before);
  ASSERT_EQ(before->pages.size(), 2u);
  EXPECT_FALSE(before->chain_broken);
  put(file, next_pointer(file, before->pages[1]), before->pages[0]);
  const auto after = list_tiff_pages(file, {});
  ASSERT_TRUE(after);
  EXPECT_EQ(after->pages.size(), 2u);
  EXPECT_TRUE(after->chain_broken);
  EXPECT_EQ(decode_tiff(file, {}, {})->findings.at(0).code, "scan_chain_broken");
}

TEST(TiffDirectory, refuses_more_pages_than_the_limit) {
  std::vector<cv::Mat> pages(5, drawn::paper(40, 40).pixels);
  Limits limits;
  limits.file_pages = 5;
  EXPECT_TRUE(list_tiff_pages(tiff_of(pages), limits));
  limits.file_pages = 4;
  const auto list = list_tiff_pages(tiff_of(pages), limits);
  ASSERT_FALSE(list);
  EXPECT_EQ(list.error().reason, "limit_file_pages");
  EXPECT_NE(list.error().message.find("limit file_pages is 4"), std::string::npos);
}

}  // namespace
}  // namespace postkamer::intake
