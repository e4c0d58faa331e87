// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/forms/print.h"

#include <algorithm>

#include <gtest/gtest.h>
#include <opencv2/core.hpp>

#include "pipeline/forms/load.h"
#include "tests/unit/pipeline/forms/sample_form.h"

namespace postkamer::forms {
namespace {

constexpr Dpi kDpi{200};

Form sound_form() { return load_form(samples::kSound, "form.toml").value(); }

// Mean ink (0 = white, 255 = black) inside a rectangle in mm.
double ink(const GrayImage& page, const Rect& mm) {
  const double scale = pixels_per_mm(page.dpi);
  const cv::Rect px(static_cast<int>(mm.x * scale), static_cast<int>(mm.y * scale),
                    static_cast<int>(mm.width * scale), static_cast<int>(mm.height * scale));
  return 255.0 - cv::mean(page.pixels(px))[0];
}

TEST(Print, a_page_has_the_size_of_its_paper) {
  const auto page = print_page(sound_form(), 1, kDpi, nullptr);
  ASSERT_TRUE(page);
  EXPECT_EQ(page->width(), 1654);
  EXPECT_EQ(page->height(), 2339);
}

TEST(Print, combs_boxes_and_codes_stand_where_the_definition_says) {
  const Form form = sound_form();
  const auto page = print_page(form, 1, kDpi, nullptr);
  ASSERT_TRUE(page);
  for (const Rect& cell : form.fields[0].cells) {
    EXPECT_LT(ink(*page, grown(cell, -0.6)), 1.0);
    EXPECT_GT(ink(*page, {cell.x - 0.3, cell.y, 0.6, cell.height}), 20.0);
  }
  EXPECT_GT(ink(*page, form.pages[0].codes[0].box), 60.0);
  EXPECT_LT(ink(*page, grown(form.fields[4].box, -1)), 0.5);
}

TEST(Print, values_are_written_inside_their_cells_only) {
  const Form form = sound_form();
  Filling filling;
  filling.values["geboortedatum"] = std::string("03-05-20");
  const auto blank = print_page(form, 1, kDpi, nullptr);
  const auto filled = print_page(form, 1, kDpi, &filling);
  ASSERT_TRUE(blank && filled);
  for (std::size_t i = 0; i < 6; ++i)
    EXPECT_GT(ink(*filled, grown(form.fields[0].cells[i], -0.5)), 5.0) << i;
  for (std::size_t i = 6; i < 8; ++i)
    EXPECT_LT(ink(*filled, grown(form.fields[0].cells[i], -0.8)), 1.0) << i;
  cv::Mat changed = blank->pixels != filled->pixels;
  const double scale = pixels_per_mm(kDpi);
  const Rect box = grown(form.fields[0].box, 1.0);
  changed(cv::Rect(static_cast<int>(box.x * scale), static_cast<int>(box.y * scale),
                   static_cast<int>(box.width * scale), static_cast<int>(box.height * scale)))
      .setTo(0);
  EXPECT_EQ(cv::countNonZero(changed), 0);
}

TEST(Print, a_chosen_option_is_marked_and_the_other_is_not) {
  const Form form = sound_form();
  for (const char* mark : {"cross", "tick", "fill", "scribble", "dot"}) {
    Filling filling;
    filling.mark = mark;
    filling.values["soort"] = std::string("nee");
    const auto page = print_page(form, 1, kDpi, &filling);
    ASSERT_TRUE(page);
    EXPECT_LT(ink(*page, grown(form.fields[1].options[0].box, -0.6)), 1.0) << mark;
    EXPECT_GT(ink(*page, grown(form.fields[1].options[1].box, -0.6)), 15.0) << mark;
  }
}

TEST(Print, an_amount_ends_before_the_comma_and_its_cents_behind_it) {
  Form form = sound_form();
  Field& field = form.fields[0];
  field.type = FieldType::amount;
  Filling filling;
  filling.seed = 0;
  filling.values[field.name] = std::string("12,50");
  field.cells = {{18, 60, 5, 6}, {23, 60, 5, 6}, {28, 60, 5, 6}, {36, 60, 5, 6}, {41, 60, 5, 6}};
  const auto page = print_page(form, 1, kDpi, &filling);
  ASSERT_TRUE(page);
  EXPECT_LT(ink(*page, grown(field.cells[0], -0.7)), 1.0);
  for (std::size_t i = 1; i < 5; ++i) EXPECT_GT(ink(*page, grown(field.cells[i], -0.7)), 8.0) << i;
}

TEST(Print, text_too_long_for_one_line_goes_on_in_the_next) {
  const Form form = sound_form();
  Filling filling;
  std::string text;
  for (int i = 0; i < 20; ++i) text += "toelichting ";
  filling.values["toelichting"] = text;
  const auto page = print_page(form, 1, kDpi, &filling);
  ASSERT_TRUE(page);
  EXPECT_GT(ink(*page, {20, 111, 60, 6}), 4.0);
  EXPECT_GT(ink(*page, {20, 119, 60, 6}), 4.0);
  EXPECT_LT(ink(*page, {193.5, 111, 10, 24}), 0.1);
}

TEST(Print, printing_twice_gives_the_same_bytes) {
  const Form form = sound_form();
  Filling filling;
  filling.values["toelichting"] = std::string("twee keer hetzelfde");
  filling.values["handtekening"] = true;
  const auto first = print_pdf(form, &filling);
  const auto second = print_pdf(form, &filling);
  ASSERT_TRUE(first && second);
  EXPECT_GT(first->size(), 2000u);
  EXPECT_EQ(*first, *second);
}

TEST(Print, another_seed_gives_another_hand) {
  const Form form = sound_form();
  Filling filling;
  filling.values["geboortedatum"] = std::string("03-05-2026");
  const auto first = print_page(form, 1, kDpi, &filling);
  filling.seed = 2;
  const auto second = print_page(form, 1, kDpi, &filling);
  ASSERT_TRUE(first && second);
  EXPECT_GT(cv::countNonZero(first->pixels != second->pixels), 100);
}

TEST(Print, the_printed_words_cover_the_ink_of_the_labels) {
  const Form form = sound_form();
  const auto words = printed_words(form, 1);
  const auto page = print_page(form, 1, kDpi, nullptr);
  ASSERT_TRUE(words && page);
  const auto word = std::find_if(words->begin(), words->end(),
                                 [](const PrintedWord& w) { return w.text == "Toelichting"; });
  ASSERT_NE(word, words->end());
  EXPECT_GT(ink(*page, word->box), 30.0);
  const Rect around = grown(word->box, 0.8);
  const double outside =
      ink(*page, around) * around.area() - ink(*page, word->box) * word->box.area();
  EXPECT_LT(outside / (around.area() - word->box.area()), 8.0);
}

TEST(Print, a_page_the_form_does_not_have_is_refused) {
  const auto page = print_page(sound_form(), 2, kDpi, nullptr);
  ASSERT_FALSE(page);
  EXPECT_EQ(page.error().reason, "form_no_such_page");
  EXPECT_EQ(page.error().message, "printing page 2 of form proef: it has 1 pages");
}

TEST(Print, a_blank_that_is_a_picture_is_not_printed_from_the_definition) {
  Form form = sound_form();
  form.pages[0].blank = "blank-1.png";
  const auto words = printed_words(form, 1);
  ASSERT_FALSE(words);
  EXPECT_EQ(words.error().reason, "form_blank_is_picture");
}

}  // namespace
}  // namespace postkamer::forms
