// SPDX-License-Identifier: EUPL-1.2
//
// A bad page costs only itself, wherever it stands.
#include "workers/intake/decode_handler.h"

#include <set>
#include <utility>

#include <gtest/gtest.h>

#include "pipeline/intake/gathered.h"
#include "tests/support/encode.h"
#include "tests/unit/pipeline/intake/drawn.h"
#include "workers/host/box.h"
#include "workers/host/settings.h"

namespace postkamer::workers {
namespace {

using nlohmann::json;

constexpr int kGood = 100;   // px wide and high
constexpr int kBad = 1'000;  // more than the limit allows

Bytes tiff_of(const std::vector<int>& sides) {
  std::vector<cv::Mat> pages;
  for (const int side : sides) pages.emplace_back(side, side, CV_8U, cv::Scalar(255));
  return support::tiff_file(pages, support::Compression::g4, Dpi{300});
}

Result<std::vector<Bytes>> no_renderer(const json&) {
  return fail(ErrorCode::unavailable, "renderer_missing", "in a test");
}

// Of each page its width; "bad" with the reason of one that is none.
Result<json> decoded(const Bytes& file, int first, int most,
                     const host::AskWorker& ask = no_renderer) {
  host::Settings settings;
  settings.limits.page_pixels = 100'000;
  auto handler = decode_handler(settings, ask).value();
  host::Task task{"decode", {{"first_page", first}, {"max_pages", most}}, {file}};
  PK_TRY(outcome, handler(task));
  auto pages = json::array();
  for (const json& page : outcome.body.at("pages")) {
    const int width = page.at("original").at("width");
    pages.push_back(width > 0
                        ? json(width)
                        : json("bad " + page.at("findings").at(0).at("code").get<std::string>()));
  }
  return json{{"count", outcome.body.at("page_count")}, {"pages", std::move(pages)}};
}

TEST(DecodeHandler, gives_the_pages_beside_a_bad_one) {
  const auto scan = decoded(tiff_of({kGood, kBad, kGood + 1}), 0, 16);
  ASSERT_TRUE(scan) << scan.error().message;
  EXPECT_EQ(*scan, (json{{"count", 3}, {"pages", {kGood, "bad limit_page_pixels", kGood + 1}}}));
}

TEST(DecodeHandler, gives_a_bad_page_that_is_alone_in_the_last_task) {
  std::vector<int> sides(16, kGood);
  sides.push_back(kBad);
  const auto scan = decoded(tiff_of(sides), 16, 16);
  ASSERT_TRUE(scan) << "sixteen pages were good: " << scan.error().message;
  EXPECT_EQ(*scan, (json{{"count", 17}, {"pages", {"bad limit_page_pixels"}}}));
  EXPECT_FALSE(decoded(tiff_of({kBad}), 0, 16)) << "a file of bad pages alone is refused";
}

TEST(DecodeHandler, puts_no_other_page_in_the_place_of_a_bad_one_of_a_gathered_scan) {
  const Bytes a = tiff_of({kGood, kBad});
  const Bytes b = tiff_of({kGood + 1, kGood + 2});
  const std::vector<ByteView> parts{a, b};
  const auto scan = decoded(intake::gather(parts), 0, 16);
  ASSERT_TRUE(scan) << scan.error().message;
  EXPECT_EQ(*scan, (json{{"count", 4},
                         {"pages", {kGood, "bad limit_page_pixels", kGood + 1, kGood + 2}}}));
}

// A PDF whose pages must be drawn.
Bytes pdf_to_draw(int pages) {
  intake::drawn::Pdf pdf;
  for (int i = 0; i < pages; ++i) pdf.add_page(0, "0 0 9 9 re f", "", "0 0 24 24");
  return pdf.finish();
}

// Draws pages as wide as their number says, all but the slow ones, as long as there is time.
class Renderer {
 public:
  Renderer(std::set<int> slow, int time) : slow_(std::move(slow)), time_(time) {}
  host::AskWorker asked() {
    return [this](const json& question) -> Result<std::vector<Bytes>> {
      const int page = question.at("page");
      if (time_-- <= 0) return fail(ErrorCode::unavailable, host::kNoTime, "in a test");
      EXPECT_TRUE(drawn_.insert(page).second) << "page " << page << " was drawn twice";
      if (slow_.contains(page)) return fail(ErrorCode::resource_limit, "limit_render_ms", "");
      const cv::Mat paper(kGood, kGood + page, CV_8U, cv::Scalar(255));
      return std::vector<Bytes>{support::jpeg_file(paper, 90, Dpi{300})};
    };
  }

 private:
  std::set<int> slow_;
  int time_;
  std::set<int> drawn_;
};

TEST(DecodeHandler, leaves_to_the_next_task_what_there_was_no_time_to_draw) {
  const Bytes pdf = pdf_to_draw(5);
  const auto first = decoded(pdf, 0, 16, Renderer({1}, 3).asked());
  ASSERT_TRUE(first) << first.error().message;
  EXPECT_EQ(*first, (json{{"count", 5}, {"pages", {kGood, "bad limit_render_ms", kGood + 2}}}));
  const auto rest = decoded(pdf, 3, 16, Renderer({1}, 3).asked());
  ASSERT_TRUE(rest) << rest.error().message;
  EXPECT_EQ(*rest, (json{{"count", 5}, {"pages", {kGood + 3, kGood + 4}}}));
}

TEST(DecodeHandler, refuses_no_file_for_slow_pages_before_all_of_them_were_tried) {
  const auto scan = decoded(pdf_to_draw(5), 0, 16, Renderer({0, 1}, 2).asked());
  ASSERT_TRUE(scan) << scan.error().message;
  EXPECT_EQ(*scan, (json{{"count", 5}, {"pages", {"bad limit_render_ms", "bad limit_render_ms"}}}));
}

}  // namespace
}  // namespace postkamer::workers
