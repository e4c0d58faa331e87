// SPDX-License-Identifier: EUPL-1.2
#include "workers/intake/render_pdf.h"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <opencv2/core.hpp>

#include "tests/unit/pipeline/intake/drawn.h"

namespace postkamer::intake {
namespace {

// A page of A5 with a black square of 100 points in its upper left quarter.
Bytes drawn_pdf() {
  drawn::Pdf pdf;
  pdf.add_page(0, "", "", "0 0 419.53 595.28");
  pdf.add_page(0, "0 g 50 400 100 100 re f", "", "0 0 419.53 595.28");
  return pdf.finish();
}

// A program that stands in for pdftoppm, as a script in a folder of the test's own.
class FakeProgram {
 public:
  explicit FakeProgram(const std::string& body)
      : path_(std::filesystem::path(testing::TempDir()) /
              ("fake_renderer_" + std::to_string(::getpid()) + "_" + std::to_string(count_++))) {
    std::ofstream(path_) << "#!/bin/sh\n" << body << "\n";
    std::filesystem::permissions(path_, std::filesystem::perms::owner_all);
  }
  FakeProgram(const FakeProgram&) = delete;
  FakeProgram& operator=(const FakeProgram&) = delete;
  ~FakeProgram() { std::filesystem::remove(path_); }
  [[nodiscard]] std::string path() const { return path_.string(); }

 private:
  static inline int count_ = 0;
  std::filesystem::path path_;
};

std::string reason_with(const std::string& script, Limits limits = {}) {
  const FakeProgram program{script};
  const auto picture = pdftoppm_renderer(limits, {program.path()})(drawn_pdf(), 0, Dpi{100.0});
  return picture ? "rendered" : picture.error().reason;
}

TEST(RenderPdf, draws_the_page_asked_for_at_the_resolution_asked_for) {
  const auto render = pdftoppm_renderer(Limits{});
  const auto picture = render(drawn_pdf(), 1, Dpi{144.0});
  ASSERT_TRUE(picture) << picture.error().message;
  EXPECT_NEAR(picture->width, 839, 1);
  EXPECT_NEAR(picture->height, 1190, 1);
  EXPECT_EQ(picture->dpi, Dpi{144.0});
  const auto opened = open_picture(*picture, {});
  ASSERT_TRUE(opened);
  EXPECT_LT(opened->pixels.at<std::uint8_t>(290, 200), 20) << "inside the square";
  EXPECT_GT(opened->pixels.at<std::uint8_t>(700, 200), 235);
}

TEST(RenderPdf, serves_decode) {
  const auto scan = decode_scan(drawn_pdf(), {}, {}, pdftoppm_renderer(Limits{}));
  ASSERT_TRUE(scan);
  ASSERT_EQ(scan->pages.size(), 2u);
  EXPECT_TRUE(scan->pages[0].is_bilevel) << "the empty page needs no renderer";
  EXPECT_EQ(scan->pages[1].dpi, Dpi{300.0});
}

TEST(RenderPdf, what_is_no_pdf_cannot_be_rendered) {
  const auto picture = pdftoppm_renderer(Limits{})(bytes_of("no pdf at all"), 0, Dpi{100.0});
  ASSERT_FALSE(picture);
  EXPECT_EQ(picture.error().code, ErrorCode::invalid_document);
  EXPECT_EQ(picture.error().reason, "render_failed");
}

TEST(RenderPdf, says_when_the_program_is_missing) {
  const auto picture =
      pdftoppm_renderer(Limits{}, {"/nowhere/pdftoppm"})(drawn_pdf(), 0, Dpi{100.0});
  ASSERT_FALSE(picture);
  EXPECT_EQ(picture.error().code, ErrorCode::unavailable);
  EXPECT_EQ(picture.error().reason, "renderer_missing");
}

TEST(RenderPdf, ends_a_renderer_that_does_not_end_and_its_children) {
  Limits limits;
  limits.render_ms = 300;
  EXPECT_EQ(reason_with("sleep 600 & wait", limits), "limit_render_ms");
}

TEST(RenderPdf, does_not_trust_what_the_renderer_gives) {
  EXPECT_EQ(reason_with("echo nonsense"), "render_failed");
  EXPECT_EQ(reason_with("exit 0"), "render_failed");
  EXPECT_EQ(reason_with("kill -SEGV $$"), "render_failed");
}

TEST(RenderPdf, a_renderer_cannot_fill_the_memory_with_output) {
  Limits limits;
  limits.page_pixels = 100'000;
  EXPECT_EQ(reason_with("exec cat /dev/zero", limits), "render_failed");
}

TEST(RenderPdf, the_renderer_gets_the_file_as_input_and_no_environment_of_ours) {
  ::setenv("POSTKAMER_SECRET", "x", 1);
  // Exit 0 with no picture is render_failed; a wrong input or a leaked variable ends as missing
  // (127).
  EXPECT_EQ(reason_with("read first; [ \"$first\" = '%PDF-1.7' ] || exit 127; "
                        "[ -z \"$POSTKAMER_SECRET\" ] || exit 127"),
            "render_failed");
  ::unsetenv("POSTKAMER_SECRET");
  EXPECT_EQ(reason_with("read first; [ \"$first\" = 'another' ] || exit 127"), "renderer_missing");
}

}  // namespace
}  // namespace postkamer::intake
