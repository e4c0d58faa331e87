// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/intake/pdf_scan.h"

#include <gtest/gtest.h>

#include "pipeline/intake/jpeg_codec.h"
#include "pipeline/intake/tiff_directory.h"
#include "pipeline/intake/tiff_encode.h"
#include "pipeline/intake/tiff_memory.h"
#include "pipeline/intake/tiff_scan.h"
#include "tests/support/encode.h"
#include "tests/unit/pipeline/intake/drawn.h"

namespace postkamer::intake {
namespace {

constexpr const char* kWholePage = "q 595.2 0 0 841.92 0 0 cm /I Do Q";

// Stands in for pdftoppm: a picture that can be told from all others, and a count.
struct FakeRenderer {
  int calls = 0;
  int last_page = -1;
  double last_dpi = 0.0;
  RenderPdfPage function() {
    return [this](ByteView, int page, Dpi dpi) -> Result<Picture> {
      ++calls;
      last_page = page;
      last_dpi = dpi.value;
      return encode_bilevel(drawn::paper(77, 99, dpi.value));
    };
  }
};

Result<DecodedScan> decode(const Bytes& file, FakeRenderer& renderer, DecodeRequest request = {}) {
  return decode_scan(file, request, {}, renderer.function());
}

std::string jpeg_of(const cv::Mat& pixels) {
  const auto bytes = encode_jpeg_gray(pixels, Dpi{72.0}, 80);
  return {bytes->begin(), bytes->end()};
}

std::string gray_image(const char* filter, int width, int height, const std::string& extra = "") {
  return fmt::format(
      "/Type /XObject /Subtype /Image /Width {} /Height {} /BitsPerComponent 8 /ColorSpace "
      "/DeviceGray "
      "/Filter /{} {}",
      width, height, filter, extra);
}

// The only strip of a TIFF, without the file around it.
std::string strip_of(const Bytes& tiff) {
  TiffReader reader{tiff, {}};
  EXPECT_TRUE(reader.go_to(list_tiff_pages(tiff, {})->pages.at(0)));
  const auto offset = TIFFGetStrileOffset(reader.handle(), 0);
  return {tiff.begin() + static_cast<std::ptrdiff_t>(offset),
          tiff.begin() +
              static_cast<std::ptrdiff_t>(offset + TIFFGetStrileByteCount(reader.handle(), 0))};
}

// The G4 strip alone, as a scanner puts it in a PDF.
std::string g4_of(const cv::Mat& pixels) { return strip_of(*encode_g4(pixels, Dpi{300.0})); }

std::string fax_image(int width, int height, const std::string& parameters,
                      const std::string& extra = "") {
  return fmt::format(
      "/Type /XObject /Subtype /Image /Width {} /Height {} /BitsPerComponent 1 /ColorSpace "
      "/DeviceGray "
      "/Filter /CCITTFaxDecode /DecodeParms << /K -1 /Columns {} /Rows {} {} >> {}",
      width, height, width, height, parameters, extra);
}

TEST(PdfScan, takes_the_scanner_s_jpeg_out_unchanged) {
  const std::string jpeg = jpeg_of(drawn::paper(1240, 1754).pixels);
  drawn::Pdf pdf;
  pdf.add_page(pdf.add_stream(gray_image("DCTDecode", 1240, 1754), jpeg), kWholePage);
  FakeRenderer renderer;
  const auto scan = decode(pdf.finish(), renderer);
  ASSERT_TRUE(scan) << scan.error().message;
  const Picture& picture = scan->pages.at(0);
  EXPECT_EQ(renderer.calls, 0);
  EXPECT_EQ(picture.format, PictureFormat::jpeg);
  EXPECT_EQ(text_of(picture.bytes), jpeg);
  EXPECT_EQ(picture.dpi, Dpi{150.0}) << "from the page box, not from the JPEG's 72";
}

TEST(PdfScan, wraps_fax_data_in_a_tiff_whatever_its_black_is) {
  const cv::Mat page = drawn::corners(600, 850).pixels;
  struct Case {
    std::string parameters;
    std::string extra;
    bool is_inverted;
  };
  for (const Case& given :
       {Case{"", "", false}, Case{"/BlackIs1 false", "", false}, Case{"/BlackIs1 true", "", true},
        Case{"/BlackIs1 true", "/Decode [1 0]", false}, Case{"", "/Decode [1 0]", true}}) {
    drawn::Pdf pdf;
    pdf.add_page(pdf.add_stream(fax_image(600, 850, given.parameters, given.extra), g4_of(page)),
                 kWholePage);
    FakeRenderer renderer;
    const auto scan = decode(pdf.finish(), renderer);
    ASSERT_TRUE(scan) << given.parameters;
    EXPECT_EQ(renderer.calls, 0) << given.parameters;
    EXPECT_TRUE(scan->pages.at(0).is_bilevel);
    const auto opened = open_picture(scan->pages.at(0), {});
    ASSERT_TRUE(opened);
    const cv::Mat expected = given.is_inverted ? cv::Mat(255 - page) : page;
    EXPECT_TRUE(drawn::is_equal(opened->pixels, expected)) << given.parameters << given.extra;
  }
}

TEST(PdfScan, turns_a_page_that_asks_to_be_shown_turned) {
  const cv::Mat page = drawn::corners(827, 1170).pixels;
  drawn::Pdf pdf;
  const int image = pdf.add_stream(fax_image(827, 1170, ""), g4_of(page));
  for (const int degrees : {0, 90, 180, 270})
    pdf.add_page(image, kWholePage, fmt::format("/Rotate {}", degrees));
  FakeRenderer renderer;
  const auto scan = decode(pdf.finish(), renderer);
  ASSERT_TRUE(scan);
  cv::Mat expected = page;
  for (int i = 0; i < 4; ++i) {
    const auto opened = open_picture(scan->pages.at(static_cast<std::size_t>(i)), {});
    ASSERT_TRUE(opened);
    EXPECT_TRUE(drawn::is_equal(opened->pixels, expected)) << 90 * i;
    cv::rotate(expected.clone(), expected, cv::ROTATE_90_CLOCKWISE);
  }
}

std::string colour_image(const char* filter, int width, int height) {
  return fmt::format(
      "/Type /XObject /Subtype /Image /Width {} /Height {} /BitsPerComponent 8 /ColorSpace "
      "/DeviceRGB /Filter /{}",
      width, height, filter);
}

std::string colour_jpeg_of(const cv::Mat& rgb) {
  const Bytes bytes = support::jpeg_file(rgb, 95, Dpi{72.0});
  return {bytes.begin(), bytes.end()};
}

// What the page's picture holds: R, G, B, or gray.
cv::Mat stored(const Result<DecodedScan>& scan, std::size_t page = 0) {
  if (!scan) return {};
  const auto pixels = read_stored_tiff(scan->pages.at(page), {});
  return pixels ? *pixels : cv::Mat{};
}

TEST(PdfScan, a_colour_page_that_is_turned_or_stretched_stays_colour) {
  const cv::Mat page = drawn::coloured_corners(620, 877);
  const int width = page.cols;
  const int height = page.rows;
  drawn::Pdf pdf;
  const int as_jpeg =
      pdf.add_stream(colour_image("DCTDecode", width, height), colour_jpeg_of(page));
  const int as_lzw = pdf.add_stream(
      colour_image("LZWDecode", width, height) +
          fmt::format(" /DecodeParms << /Predictor 2 /Colors 3 /Columns {} >>", width),
      strip_of(*encode_lzw(page, Dpi{75.0})));
  for (const int image : {as_jpeg, as_lzw}) {
    pdf.add_page(image, kWholePage, "/Rotate 90");
    pdf.add_page(image, "q 595.2 0 0 420.96 0 0 cm /I Do Q", "", "0 0 595.2 420.96");
  }
  FakeRenderer renderer;
  const auto scan = decode(pdf.finish(), renderer);
  ASSERT_TRUE(scan) << scan.error().message;
  EXPECT_EQ(renderer.calls, 0);
  for (std::size_t i = 0; i < 4; ++i) {
    const cv::Mat seen = stored(scan, i);
    ASSERT_EQ(seen.type(), CV_8UC3) << i;
    EXPECT_EQ(scan->pages[i].origin, PictureOrigin::coded_again);
    cv::Mat expected = page;
    if (i % 2 == 0)
      cv::rotate(page, expected, cv::ROTATE_90_CLOCKWISE);
    else
      cv::resize(page, expected, seen.size());
    ASSERT_EQ(seen.size(), expected.size()) << i;
    EXPECT_LT(cv::norm(seen, expected, cv::NORM_L1) / static_cast<double>(seen.total()), 6.0) << i;
  }
  EXPECT_EQ(scan->pages[1].width, 1240);
  EXPECT_EQ(scan->pages[1].height, 877);
}

TEST(PdfScan, an_invisible_text_layer_does_not_count_as_content) {
  drawn::Pdf pdf;
  const int image =
      pdf.add_stream(gray_image("DCTDecode", 1240, 1754), jpeg_of(drawn::paper(1240, 1754).pixels));
  pdf.add_page(image, std::string{"BT 3 Tr (secret) Tj ET "} + kWholePage);
  pdf.add_page(image, std::string{kWholePage} + " BT 0 Tr (stamp) Tj ET");
  FakeRenderer renderer;
  const auto scan = decode(pdf.finish(), renderer);
  ASSERT_TRUE(scan);
  EXPECT_EQ(scan->pages.at(0).width, 1240);
  EXPECT_EQ(scan->pages.at(1).width, 77) << "rendered: the text can be seen";
  EXPECT_EQ(renderer.calls, 1);
  EXPECT_EQ(renderer.last_page, 1);
}

struct RenderCase {
  const char* name;
  std::string image;
  std::string content;
  std::string extra;
};

class PdfScanRenders : public testing::TestWithParam<RenderCase> {};

TEST_P(PdfScanRenders, what_is_more_than_one_plain_picture) {
  drawn::Pdf pdf;
  const int image = pdf.add_stream(GetParam().image, jpeg_of(drawn::paper(620, 877).pixels));
  pdf.add_page(image, GetParam().content, GetParam().extra);
  FakeRenderer renderer;
  const auto scan = decode(pdf.finish(), renderer);
  ASSERT_TRUE(scan) << scan.error().message;
  EXPECT_EQ(renderer.calls, 1);
  EXPECT_DOUBLE_EQ(renderer.last_dpi, 300.0);
  EXPECT_EQ(scan->pages.at(0).width, 77);
}

INSTANTIATE_TEST_SUITE_P(
    pages, PdfScanRenders,
    testing::Values(
        RenderCase{"drawn_upon", gray_image("DCTDecode", 620, 877),
                   std::string{kWholePage} + " 0 0 9 9 re f", ""},
        RenderCase{"two_pictures", gray_image("DCTDecode", 620, 877),
                   std::string{kWholePage} + " /I Do", ""},
        RenderCase{"slanted", gray_image("DCTDecode", 620, 877), "q 590 20 -20 840 0 0 cm /I Do Q",
                   ""},
        RenderCase{"mirrored", gray_image("DCTDecode", 620, 877), "q -595 0 0 842 595 0 cm /I Do Q",
                   ""},
        RenderCase{"small_on_the_page", gray_image("DCTDecode", 620, 877),
                   "q 200 0 0 283 50 50 cm /I Do Q", ""},
        RenderCase{"jpeg_2000", gray_image("JPXDecode", 620, 877), kWholePage, ""},
        RenderCase{"jbig2", gray_image("JBIG2Decode", 620, 877), kWholePage, ""},
        RenderCase{"soft_mask", gray_image("DCTDecode", 620, 877, "/SMask 2 0 R"), kWholePage, ""},
        RenderCase{"wrong_size", gray_image("DCTDecode", 621, 877), kWholePage, ""},
        RenderCase{"annotated", gray_image("DCTDecode", 620, 877), kWholePage,
                   "/Annots [ << /Type /Annot /Subtype /FreeText /Rect [0 0 9 9] >> ]"}),
    [](const auto& given) { return given.param.name; });

TEST(PdfScan, a_page_without_content_is_a_white_page_of_its_size) {
  drawn::Pdf pdf;
  pdf.add_page(0, "");
  pdf.add_page(0, "q Q", "/Rotate 90");
  FakeRenderer renderer;
  const auto scan = decode(pdf.finish(), renderer);
  ASSERT_TRUE(scan);
  EXPECT_EQ(renderer.calls, 0);
  for (std::size_t i = 0; i < 2; ++i) {
    const auto opened = open_picture(scan->pages.at(i), {});
    ASSERT_TRUE(opened);
    EXPECT_EQ(cv::countNonZero(opened->pixels), static_cast<int>(opened->pixels.total()));
    EXPECT_EQ(opened->width(), i == 0 ? 1240 : 1754);
  }
}

TEST(PdfScan, a_poster_is_rendered_at_what_the_limits_allow) {
  drawn::Pdf pdf;
  pdf.add_page(0, "0 0 9 9 re f", "", "0 0 7200 7200");  // 2.5 m square
  FakeRenderer renderer;
  ASSERT_TRUE(decode(pdf.finish(), renderer));
  EXPECT_LT(renderer.last_dpi, 100.0);
  EXPECT_GT(renderer.last_dpi, 90.0);
}

TEST(PdfScan, reports_what_would_act_when_opened) {
  drawn::Pdf pdf;
  pdf.add_page(0, "");
  FakeRenderer renderer;
  const auto scan = decode(pdf.finish("/OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >> "
                                      "/Names << /EmbeddedFiles << /Names [] >> >>"),
                           renderer);
  ASSERT_TRUE(scan);
  ASSERT_EQ(scan->findings.size(), 1u);
  EXPECT_EQ(scan->findings[0].code, "pdf_active_content");
  EXPECT_EQ(scan->findings[0].evidence, "embedded files, opening action");
}

TEST(PdfScan, a_cut_file_without_pages_is_truncated) {
  drawn::Pdf pdf;
  pdf.add_page(0, "");
  const Bytes whole = pdf.finish();
  FakeRenderer renderer;
  const Bytes half(whole.begin(), whole.begin() + 60);
  const auto scan = decode(half, renderer);
  ASSERT_FALSE(scan);
  EXPECT_EQ(scan.error().reason, "scan_truncated");
}

TEST(PdfScan, gives_only_the_pages_asked_for) {
  drawn::Pdf pdf;
  for (int i = 0; i < 40; ++i) pdf.add_page(0, "0 0 9 9 re f");
  FakeRenderer renderer;
  const auto scan = decode(pdf.finish(), renderer, {30, 4});
  ASSERT_TRUE(scan);
  EXPECT_EQ(scan->page_count, 40);
  EXPECT_EQ(scan->pages.size(), 4u);
  EXPECT_EQ(renderer.calls, 4);
  EXPECT_EQ(renderer.last_page, 33);
}

TEST(PdfScan, passes_the_renderer_s_error_on_with_the_page) {
  drawn::Pdf pdf;
  pdf.add_page(0, "0 0 9 9 re f");
  const auto scan = decode_scan(pdf.finish(), {}, {}, [](ByteView, int, Dpi) -> Result<Picture> {
    return fail(ErrorCode::resource_limit, "limit_render_ms", "too slow");
  });
  ASSERT_FALSE(scan);
  EXPECT_EQ(scan.error().reason, "limit_render_ms");
  EXPECT_NE(scan.error().message.find("page 1"), std::string::npos);
}

}  // namespace
}  // namespace postkamer::intake
