// SPDX-License-Identifier: EUPL-1.2
//
// Decode on files that nobody should have made. A small set of our own always runs; the large
// folders of real files run where the data folder is (POSTKAMER_DATA, or ../shared/data
// beside the source), and are skipped, which ./check tells, where it is not.
#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>

#include <gtest/gtest.h>
#include <opencv2/core.hpp>

#include "pipeline/intake/decode.h"
#include "pipeline/intake/inspect.h"
#include "pipeline/model/finding_texts.h"
#include "workers/intake/render_pdf.h"

namespace postkamer::intake {
namespace {

namespace fs = std::filesystem;

constexpr double kLongestSeconds = 60.0;

struct Outcome {
  std::string reason;  // empty = every page opened
  int pages = 0;
  int unopened = 0;
};

// What the decode worker does with a file, all in one process.
Outcome outcome_of(ByteView file, const RenderPdfPage& render) {
  Outcome outcome;
  const auto scan = decode_scan(file, {}, {}, render);
  if (!scan) {
    outcome.reason = scan.error().reason;
    return outcome;
  }
  EXPECT_GE(scan->page_count, static_cast<int>(scan->pages.size()));
  for (std::size_t i = 0; i < scan->pages.size(); ++i) {
    ++outcome.pages;
    const auto pixels = open_picture(scan->pages[i], {});
    if (!pixels) {
      ++outcome.unopened;
      outcome.reason = pixels.error().reason;
      continue;
    }
    EXPECT_EQ(pixels->width(), scan->pages[i].width);
    EXPECT_EQ(pixels->height(), scan->pages[i].height);
    const DecodedPage page = inspect(*pixels, scan->pages[i], static_cast<int>(i), {});
    EXPECT_GE(page.ink_share, 0.0);
    EXPECT_LE(page.ink_share, 1.0);
  }
  return outcome;
}

bool has_text(const std::string& reason) {
  const auto rows = finding_texts();
  return std::any_of(rows.begin(), rows.end(),
                     [&](const FindingText& row) { return row.code == reason; });
}

Bytes contents(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return Bytes(std::istreambuf_iterator<char>(file), {});
}

fs::path data_folder() {
  if (const char* set = std::getenv("POSTKAMER_DATA")) return set;
  return fs::path(POSTKAMER_SOURCE_DIR) / ".." / "shared" / "data";
}

std::vector<fs::path> files_in(const std::string& folder) {
  std::vector<fs::path> files;
  std::error_code missing;
  for (const auto& entry : fs::directory_iterator(data_folder() / folder, missing))
    if (entry.is_regular_file()) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

// Files of a folder in which everything must be decoded or refused with a reason that the text
// table knows, in bounded time.
struct FolderCase {
  std::string folder;
  int checks;         // files it held when this was written, told when it is absent
  int least_decoded;  // files of which every page must open
};

class DecodeVariety : public testing::TestWithParam<FolderCase> {};

TEST_P(DecodeVariety, decodes_or_gives_a_reason) {
  const auto files = files_in(GetParam().folder);
  if (files.empty())
    GTEST_SKIP() << GetParam().checks << " files of " << GetParam().folder
                 << " not decoded: there is no data folder (POSTKAMER_DATA)";
  const auto render = pdftoppm_renderer(Limits{});
  int decoded = 0;
  for (const fs::path& path : files) {
    const auto start = std::chrono::steady_clock::now();
    const Outcome outcome = outcome_of(contents(path), render);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    const std::string name = path.filename().string();
    EXPECT_LT(took.count(), kLongestSeconds) << name;
    EXPECT_TRUE(outcome.reason.empty() || has_text(outcome.reason))
        << name << ": " << outcome.reason;
    if (outcome.reason.empty()) ++decoded;
  }
  std::cout << GetParam().folder << ": " << files.size() << " files, " << decoded << " decoded, "
            << files.size() - static_cast<std::size_t>(decoded) << " refused with a reason\n";
  EXPECT_GE(decoded, GetParam().least_decoded);
}

INSTANTIATE_TEST_SUITE_P(folders, DecodeVariety,
                         testing::Values(FolderCase{"tiff-variety", 68, 68},
                                         FolderCase{"pdf-variety", 46, 44},
                                         FolderCase{"separators", 18, 18}),
                         [](const auto& given) {
                           std::string name = given.param.folder;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

// Our own set: each a way in which a file reaches an inbox broken.
Bytes tiff_page() {
  GrayImage page{cv::Mat(400, 300, CV_8UC1, cv::Scalar(255)), Dpi{300.0}, true};
  page.pixels(cv::Rect(40, 40, 100, 20)).setTo(0);
  return encode_bilevel(page)->bytes;
}

Bytes with(Bytes file, std::size_t at, std::uint8_t value) {
  file.at(at) = value;
  return file;
}

struct BrokenCase {
  const char* name;
  Bytes file;
  std::string reason;
};

class DecodeBroken : public testing::TestWithParam<BrokenCase> {};

TEST_P(DecodeBroken, gives_the_reason) {
  EXPECT_EQ(outcome_of(GetParam().file, {}).reason, GetParam().reason);
  EXPECT_TRUE(has_text(GetParam().reason));
}

Bytes text_bytes(std::string_view text) { return {text.begin(), text.end()}; }

Bytes half_of(Bytes file) {
  file.resize(file.size() / 2);
  return file;
}

INSTANTIATE_TEST_SUITE_P(
    files, DecodeBroken,
    testing::Values(
        BrokenCase{"empty", {}, "scan_empty"},
        BrokenCase{"zeros", Bytes(4096, 0), "scan_not_an_image"},
        BrokenCase{"text_named_tif", text_bytes("Geachte heer, mevrouw"), "scan_not_an_image"},
        BrokenCase{"only_a_tiff_header", text_bytes(std::string_view("II*\0\x08\0\0\0", 8)),
                   "scan_truncated"},
        BrokenCase{"directory_beyond_the_end", with(tiff_page(), 7, 0x7f), "scan_truncated"},
        BrokenCase{"no_directory", text_bytes(std::string_view("II*\0\0\0\0\0", 8)),
                   "scan_no_pages"},
        BrokenCase{"half_a_tiff", half_of(tiff_page()), "scan_truncated"},
        BrokenCase{"only_a_jpeg_mark", text_bytes("\xff\xd8\xff\xe0"), "scan_truncated"},
        BrokenCase{"only_a_png_mark", text_bytes("\x89PNG\r\n\x1a\n"), "scan_truncated"},
        BrokenCase{"half_a_pdf", text_bytes("%PDF-1.4\n1 0 obj\n<< /Type /Cat"), "scan_truncated"},
        BrokenCase{
            "a_pdf_without_pages",
            text_bytes("%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n2 0 obj\n<< "
                       "/Type /Pages "
                       "/Kids [] /Count 0 >>\nendobj\ntrailer\n<< /Root 1 0 R /Size 3 >>\n%%EOF\n"),
            "scan_no_pages"},
        BrokenCase{"an_office_document", text_bytes("PK\x03\x04 word/document.xml"),
                   "scan_format"}),
    [](const auto& given) { return given.param.name; });

// Every byte of a file set to nonsense in turn: pages or a reason, and never a crash.
TEST(DecodeBroken, survives_nonsense_at_every_byte) {
  const Bytes file = tiff_page();
  int refused = 0;
  for (std::size_t at = 0; at < file.size(); ++at) {
    for (const int value : {0x00, 0x01, 0x7f, 0xff}) {
      const Outcome outcome = outcome_of(with(file, at, static_cast<std::uint8_t>(value)), {});
      if (outcome.reason.empty()) continue;
      ++refused;
      EXPECT_TRUE(has_text(outcome.reason)) << outcome.reason << " at " << at;
    }
  }
  EXPECT_GT(refused, 100);
}

}  // namespace
}  // namespace postkamer::intake
