// SPDX-License-Identifier: EUPL-1.2
//
// A bad page costs only itself, wherever it stands.
#include "workers/intake/decode_handler.h"

#include <gtest/gtest.h>

#include "pipeline/intake/gathered.h"
#include "tests/support/encode.h"
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

// Of each page its width; "bad" with the reason of one that is none.
Result<json> decoded(const Bytes& file, int first, int most) {
  host::Settings settings;
  settings.limits.page_pixels = 100'000;
  const auto no_renderer = [](const json&) -> Result<std::vector<Bytes>> {
    return fail(ErrorCode::unavailable, "renderer_missing", "in a test");
  };
  auto handler = decode_handler(settings, no_renderer).value();
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

}  // namespace
}  // namespace postkamer::workers
