// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/extract/same_hand.h"

#include <cmath>
#include <deque>

#include <gtest/gtest.h>

namespace postkamer::extract {
namespace {

// Sees of a glyph how wide it is: a direction between two axes.
class WidthReader : public CharacterReader {
 public:
  CharacterCell read(const GrayImage&, Set) const override { return {}; }
  std::vector<float> form(const GrayImage& glyph) const override {
    ++asked;
    const double angle = 0.02 * glyph.width();
    return {static_cast<float>(std::cos(angle)), static_cast<float>(std::sin(angle))};
  }
  std::string model() const override { return "test"; }
  mutable int asked = 0;
};

struct Page {
  void add(int width, CharacterCell cell, bool has_check_digit = false) {
    inks.push_back({cv::Mat(30, width, CV_8UC1, cv::Scalar(255)), {0, 0, width, 30}, 30 * width});
    cells.push_back(std::move(cell));
    written.push_back({&inks.back(), &cells.back(), has_check_digit});
  }
  void compare() { compare_with_sure(written, reader); }
  WidthReader reader;
  std::deque<CellInk> inks;
  std::deque<CharacterCell> cells;
  std::vector<HandCharacter> written;
};

CharacterCell torn(double seven, double one) { return {{{"7", seven}, {"1", one}}, 0.0}; }
CharacterCell sure(const std::string& character) { return {{{character, 0.995}}, 0.0}; }

TEST(SameHand, a_character_in_doubt_becomes_what_it_resembles_on_the_page) {
  Page page;
  page.add(20, torn(0.55, 0.4));
  page.add(60, sure("7"));
  page.add(21, sure("1"));
  page.compare();
  ASSERT_EQ(page.cells[0].candidates[0].text, "1");
  EXPECT_GT(page.cells[0].candidates[0].probability, 0.7);
  EXPECT_NEAR(page.cells[0].candidates[0].probability + page.cells[0].candidates[1].probability,
              0.95, 1e-9);
}

TEST(SameHand, without_a_sure_character_of_both_kinds_nothing_changes) {
  Page page;
  page.add(20, torn(0.55, 0.4));
  page.add(60, sure("7"));
  page.add(21, torn(0.1, 0.9));
  page.compare();
  EXPECT_EQ(page.cells[0].candidates[0].probability, 0.55);
}

TEST(SameHand, what_is_sure_stays_and_costs_nothing) {
  Page page;
  page.add(20, sure("7"));
  page.add(60, sure("7"));
  page.add(20, sure("1"));
  page.compare();
  EXPECT_EQ(page.cells[0].candidates[0].probability, 0.995);
  EXPECT_EQ(page.reader.asked, 0);
}

TEST(SameHand, characters_under_a_check_digit_are_samples_and_stay_as_they_were) {
  Page page;
  page.add(20, torn(0.55, 0.4), true);
  page.add(20, torn(0.55, 0.4));
  page.add(60, sure("7"), true);
  page.add(21, sure("1"), true);
  page.compare();
  EXPECT_EQ(page.cells[0].candidates[0].text, "7");
  EXPECT_EQ(page.cells[1].candidates[0].text, "1");
}

TEST(SameHand, what_seems_to_be_of_another_set_or_is_a_dash_stays_as_it_was) {
  Page page;
  page.add(20, torn(0.3, 0.2));
  page.add(20, {{{"-", 0.6}, {"1", 0.4}}, 0.0});
  page.add(60, sure("7"));
  page.add(21, sure("1"));
  page.compare();
  EXPECT_EQ(page.cells[0].candidates[0].text, "7");
  EXPECT_EQ(page.cells[1].candidates[0].text, "-");
}

TEST(SameHand, one_character_in_doubt_is_no_sample_for_another_whatever_the_order) {
  for (const bool is_turned : {false, true}) {
    Page page;
    page.add(is_turned ? 58 : 20, torn(0.6, 0.39));
    page.add(is_turned ? 20 : 58, torn(0.6, 0.39));
    page.add(60, sure("7"));
    page.add(21, sure("1"));
    page.compare();
    EXPECT_EQ(page.cells[is_turned ? 1 : 0].candidates[0].text, "1");
    EXPECT_EQ(page.cells[is_turned ? 0 : 1].candidates[0].text, "7");
  }
}

}  // namespace
}  // namespace postkamer::extract
