// SPDX-License-Identifier: EUPL-1.2
#include "workers/intake/render_pdf.h"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include <gtest/gtest.h>
#include <opencv2/core.hpp>

#include "pipeline/base/sanitized.h"
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

// A program that stands in for pdftoppm and does what its name says.
class StandIn {
 public:
  explicit StandIn(const std::string& behaviour)
      : folder_(std::filesystem::path(testing::TempDir()) /
                ("stand_in_" + std::to_string(::getpid()) + "_" + std::to_string(count_++))) {
    std::filesystem::create_directory(folder_);
    const auto here = std::filesystem::read_symlink("/proc/self/exe").parent_path();
    std::filesystem::create_symlink(here / "renderer_probe", folder_ / behaviour);
    path_ = folder_ / behaviour;
  }
  StandIn(const StandIn&) = delete;
  StandIn& operator=(const StandIn&) = delete;
  ~StandIn() { std::filesystem::remove_all(folder_); }
  [[nodiscard]] std::string path() const { return path_.string(); }

 private:
  static inline int count_ = 0;
  std::filesystem::path folder_;
  std::filesystem::path path_;
};

std::string reason_with(const std::string& behaviour, Limits limits = {}) {
  const StandIn program{behaviour};
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

TEST(RenderPdf, ends_a_renderer_that_does_not_end) {
  if (kIsThreadSanitized) GTEST_SKIP() << "ThreadSanitizer does not start behind these walls";
  Limits limits;
  limits.render_ms = 300;
  EXPECT_EQ(reason_with("hang", limits), "limit_render_ms");
}

TEST(RenderPdf, does_not_trust_what_the_renderer_gives) {
  EXPECT_EQ(reason_with("nonsense"), "render_failed");
  EXPECT_EQ(reason_with("nothing"), "render_failed");
  EXPECT_EQ(reason_with("crash"), "render_failed");
}

TEST(RenderPdf, a_renderer_cannot_fill_the_memory_with_output) {
  Limits limits;
  limits.page_pixels = 100'000;
  EXPECT_EQ(reason_with("flood", limits), "render_failed");
}

TEST(RenderPdf, the_renderer_gets_the_file_as_input_and_no_environment_of_ours) {
  if (kIsThreadSanitized) GTEST_SKIP() << "ThreadSanitizer does not start behind these walls";
  ::setenv("POSTKAMER_SECRET", "x", 1);
  const StandIn program{"input"};
  const auto told = render_page(drawn_pdf(), 0, Dpi{100.0}, {}, {program.path()});
  ::unsetenv("POSTKAMER_SECRET");
  ASSERT_TRUE(told);
  EXPECT_EQ(text_of(*told), "%PDF-1.7\n");
}

}  // namespace
}  // namespace postkamer::intake
