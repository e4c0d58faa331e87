// SPDX-License-Identifier: EUPL-1.2
#include "classifiers/taught/page_text.h"

#include <gtest/gtest.h>

namespace postkamer::taught {
namespace {

Word word(const char* text, double x, double y, int line) {
  return {text, {x, y, 100.0, 30.0}, 0.9, 0, line};
}

constexpr double kScale = 300.0 / 25.4;

TEST(PageText, words_that_stand_together_are_one_run) {
  const auto page = page_text({word("Naam", 0, 0, 0), word("houder:", 110, 0, 0),
                               word("Handtekening", 600, 0, 0), word("Datum.", 0, 90, 1)},
                              {Transform::identity(), QuarterTurn::none, kScale});
  ASSERT_EQ(page.runs.size(), 3u);
  EXPECT_EQ(page.runs[0].letters, "naamhouder");
  EXPECT_EQ(page.runs[0].words, 2);
  EXPECT_EQ(page.runs[1].letters, "handtekening");
  EXPECT_NEAR(page.runs[1].x, 600 / kScale, 1e-6);
  EXPECT_NEAR(page.runs[2].y, 90 / kScale, 1e-6);
}

TEST(PageText, accents_and_signs_are_taken_off) {
  const auto page = page_text({word("\xC3\x8Bl\xC3\xA8ve-N\xC2\xB0 12", 0, 0, 0)},
                              {Transform::identity(), QuarterTurn::none, kScale});
  ASSERT_EQ(page.runs.size(), 1u);
  EXPECT_EQ(page.runs[0].letters, "eleven12");
}

TEST(PageText, short_runs_are_left_out) {
  EXPECT_TRUE(page_text({word("BSN", 0, 0, 0), word("123456782", 0, 60, 1)},
                        {Transform::identity(), QuarterTurn::none, kScale})
                  .runs.empty());
}

TEST(PageText, a_page_that_lay_upside_down_gives_the_same_places) {
  const std::vector<Word> words{word("bovenaan", 100, 100, 0), word("onderaan", 400, 900, 1)};
  std::vector<Word> turned = words;
  for (Word& one : turned) {
    one.box.x = 2000.0 - one.box.right();
    one.box.y = 3000.0 - one.box.bottom();
  }
  const WordPlacing straight{Transform::identity(), QuarterTurn::none, kScale};
  const WordPlacing over{Transform::identity(), QuarterTurn::half, kScale};
  const auto expected = page_text(words, straight);
  const auto seen = page_text(turned, over);
  ASSERT_EQ(seen.runs.size(), 2u);
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_NEAR(seen.runs[i].x, expected.runs[i].x, 1e-6);
    EXPECT_NEAR(seen.runs[i].y, expected.runs[i].y, 1e-6);
  }
}

}  // namespace
}  // namespace postkamer::taught
