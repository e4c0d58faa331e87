// SPDX-License-Identifier: EUPL-1.2
//
// Every format that is taken still opens behind the walls: one test a format, so that a library
// that begins to make another system call is seen here and not in a mailroom.
#include <functional>

#include <gtest/gtest.h>

#include "pipeline/intake/gathered.h"
#include "tests/support/encode.h"
#include "tests/unit/pipeline/intake/drawn.h"
#include "workers/host/worker_main.h"
#include "workers/intake/decode_worker.h"

namespace postkamer::faults {
namespace {

using intake::drawn::Pdf;
using support::Compression;

const Dpi kDpi{300.0};

cv::Mat page(int channels = 1) {
  cv::Mat gray(1754, 1240, CV_8UC1, cv::Scalar(255));
  cv::putText(gray, "Gemeente Voorbeeld", {100, 300}, cv::FONT_HERSHEY_SIMPLEX, 3, cv::Scalar(0),
              8);
  cv::rectangle(gray, {100, 600}, {900, 700}, cv::Scalar(0), cv::FILLED);
  if (channels == 1) return gray;
  std::vector<cv::Mat> planes(3, gray);
  cv::Mat colour;
  cv::merge(planes, colour);
  return colour;
}

Bytes tiff(Compression compression, int channels = 1) {
  return support::tiff_file({page(channels), page(channels)}, compression, kDpi);
}

Bytes drawn_pdf() {
  Pdf pdf;
  pdf.add_page(0, "0 g 50 400 100 100 re f");
  pdf.add_page(
      0, "0 0 1 rg 50 400 100 100 re f BT /F1 12 Tf 100 100 Td (tekst) Tj ET",
      "/Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >>");
  return pdf.finish();
}

Bytes gathered_files() {
  const Bytes first = support::jpeg_file(page(3), 85, kDpi);
  const Bytes second = drawn_pdf();
  const std::vector<ByteView> files{first, second};
  return intake::gather(files);
}

struct Format {
  const char* name;
  std::function<Bytes()> make;
  int pages = 1;
};

void PrintTo(const Format& format, std::ostream* out) { *out << format.name; }

class InTheBox : public testing::TestWithParam<Format> {};

TEST_P(InTheBox, decodes) {
  const auto config = host::default_settings_file();
  const auto settings = host::load_settings(config);
  ASSERT_TRUE(settings) << settings.error().message;
  host::BoxedHandler handler = host::boxed(workers::decode_worker(), *settings, config);
  host::Task task{"decode", {{"first_page", 0}, {"max_pages", 16}}, {GetParam().make()}};
  const auto outcome = handler(task);
  ASSERT_TRUE(outcome) << outcome.error().reason << ": " << outcome.error().message;
  EXPECT_EQ(outcome->body.at("page_count"), GetParam().pages);
  ASSERT_EQ(outcome->body.at("pages").size(), static_cast<std::size_t>(GetParam().pages));
  for (const auto& decoded : outcome->body.at("pages")) {
    EXPECT_TRUE(decoded.at("findings").empty()) << decoded.at("findings").dump();
    EXPECT_GT(decoded.at("ink_share").get<double>(), 0.0) << "the page was opened and looked at";
  }
}

INSTANTIATE_TEST_SUITE_P(
    Each, InTheBox,
    testing::Values(
        Format{"tiff", [] { return tiff(Compression::none); }, 2},
        Format{"tiff_g3", [] { return tiff(Compression::g3); }, 2},
        Format{"tiff_g4", [] { return tiff(Compression::g4); }, 2},
        Format{"tiff_lzw", [] { return tiff(Compression::lzw); }, 2},
        Format{"tiff_lzw_colour", [] { return tiff(Compression::lzw, 3); }, 2},
        Format{"tiff_deflate", [] { return tiff(Compression::deflate); }, 2},
        Format{"tiff_packbits", [] { return tiff(Compression::packbits); }, 2},
        Format{"tiff_jpeg", [] { return tiff(Compression::jpeg); }, 2},
        Format{"jpeg_gray", [] { return support::jpeg_file(page(), 85, kDpi); }},
        Format{"jpeg_colour", [] { return support::jpeg_file(page(3), 85, kDpi); }},
        Format{"png_bilevel", [] { return support::png_file(page(), 1, kDpi); }},
        Format{"png_gray", [] { return support::png_file(page(), 8, kDpi); }},
        Format{"png_colour", [] { return support::png_file(page(3), 8, kDpi); }},
        Format{"pdf_of_a_jpeg",
               [] { return support::pdf_file({support::pdf_jpeg(page(3), 85, kDpi)}, kDpi); }},
        Format{"pdf_of_g4",
               [] { return support::pdf_file({support::pdf_g4(page(), kDpi)}, kDpi); }},
        Format{"pdf_that_is_drawn", drawn_pdf, 2}, Format{"gathered", gathered_files, 3}),
    [](const auto& format) { return std::string(format.param.name); });

}  // namespace
}  // namespace postkamer::faults
