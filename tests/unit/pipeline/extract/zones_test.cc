// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/extract/zones.h"

#include <gtest/gtest.h>

#include "tests/unit/pipeline/extract/told_page.h"

namespace postkamer::extract {
namespace {

TEST(Zones, an_empty_page_gives_an_empty_reading_for_every_field) {
  ToldPage page;
  page.add("bsn", forms::FieldType::bsn, {10, 10, 45, 6}, 9);
  page.add("naam", forms::FieldType::text, {10, 25, 60, 7}, 0);
  page.add("handtekening", forms::FieldType::signature, {10, 40, 40, 12}, 0);
  page.option(page.add("keuze", forms::FieldType::choice, {10, 60, 20, 6}, 0), "ja",
              {10, 60, 4, 4});
  page.print();
  const auto readings = page.read();
  ASSERT_EQ(readings.size(), 4u);
  EXPECT_EQ(readings[0].value, Value{});
  EXPECT_GT(readings[0].probability, 0.9);
  EXPECT_EQ(readings[0].cells.size(), 9u);
  EXPECT_EQ(readings[1].value, Value{});
  EXPECT_EQ(page.text.lines, 0) << "an empty box is not sent to the text reader";
  EXPECT_EQ(readings[2].value, Value{false});
  EXPECT_EQ(readings[3].value, Value{});
}

TEST(Zones, a_comb_is_read_cell_by_cell) {
  ToldPage page;
  page.add("datum", forms::FieldType::date, {10, 10, 40, 6}, 8);
  page.print();
  for (int i = 0; i < 8; ++i) page.write({12.5 + 5 * i, 11.2}, {12.5 + 5 * i, 14.8});
  const auto readings = page.read();
  ASSERT_EQ(readings.size(), 1u);
  EXPECT_EQ(readings[0].value, Value{std::string("11-11-1111")});
  EXPECT_EQ(readings[0].raw, "11111111");
  EXPECT_EQ(readings[0].field, "datum");
  EXPECT_NEAR(readings[0].probability, std::pow(0.9 / (1.0 - 0.01 + 0.2 * 0.01), 8), 0.01);
  EXPECT_NEAR(readings[0].box.x, 10 * kScale, 1);
}

TEST(Zones, a_comb_by_hand_that_is_not_sure_is_shown_to_the_line_reader) {
  ToldPage page;
  page.add("nummer", forms::FieldType::digits, {10, 10, 15, 6}, 3);
  page.print();
  for (int i = 0; i < 3; ++i) page.write({12.5 + 5 * i, 11.2 + i}, {12.5 + 5 * i, 14.3 + i});
  page.lines.apart.assign(3, {{{"1", 0.999}}, 0.001});
  EXPECT_GT(page.read().at(0).probability, 0.9) << "0.75 by the character reader alone";
  EXPECT_EQ(page.lines.asked_apart, 1);
  page.characters.claim = 0.99999;
  (void)page.read();
  EXPECT_EQ(page.lines.asked_apart, 1) << "what is sure is not asked";
}

bool comes_from_elsewhere(const Reading& reading) {
  return std::ranges::any_of(reading.findings, [](const Finding& finding) {
    return finding.code == "ink_from_elsewhere" && finding.severity == Severity::doubt;
  });
}

TEST(Zones, a_stroke_from_above_makes_a_character_doubtful_where_no_check_digit_shows_it) {
  using forms::FieldType;
  for (const auto type : {FieldType::digits, FieldType::bsn}) {
    for (const double top : {8.0, 10.6}) {
      ToldPage page;
      page.add("nummer", type, {10, 10, 10, 6}, 2);
      page.print();
      page.write({12.5, top}, {12.5, 15});
      EXPECT_EQ(comes_from_elsewhere(page.read().at(0)), type == FieldType::digits && top < 9.0);
    }
  }
}

TEST(Zones, characters_under_a_stamp_are_doubtful_and_empty_cells_are_not) {
  for (const bool is_written : {false, true}) {
    ToldPage page;
    page.add("nummer", forms::FieldType::digits, {10, 10, 10, 6}, 2);
    page.print();
    if (is_written) page.write({12.5, 10.6}, {12.5, 15});
    cv::Mat stray = cv::Mat::zeros(400, 400, CV_8U);
    cv::rectangle(stray, cv::Rect(8, 44, 60, 4), 255, cv::FILLED);
    page.surroundings.foreign = ForeignInk(stray, 4.0, {page.form.fields.front().box});
    EXPECT_EQ(comes_from_elsewhere(page.read().at(0)), is_written);
  }
}

TEST(Zones, a_line_of_text_under_a_stamp_is_doubtful) {
  for (const bool is_stamped : {false, true}) {
    ToldPage page;
    page.add("naam", forms::FieldType::text, {10, 10, 60, 8}, 0);
    page.print();
    for (double x = 12; x < 40; x += 4) page.write({x, 12}, {x, 16});
    cv::Mat stray = cv::Mat::zeros(400, 400, CV_8U);
    if (is_stamped) cv::rectangle(stray, cv::Rect(8, 20, 60, 32), 255, cv::FILLED);
    page.surroundings.foreign = ForeignInk(stray, 4.0, {page.form.fields.front().box});
    EXPECT_EQ(comes_from_elsewhere(page.read().at(0)), is_stamped);
  }
}

TEST(Zones, what_seems_to_be_no_digit_in_a_cell_for_digits_is_in_doubt_with_a_reason) {
  ToldPage page;
  page.add("postcode", forms::FieldType::postcode, {10, 10, 30, 6}, 6);
  page.print();
  for (int i : {2, 4, 5}) page.write({12.5 + 5 * i, 11.2}, {12.5 + 5 * i, 14.8});
  EXPECT_TRUE(page.read().at(0).findings.empty());
  page.characters.claim = 0.45;
  const auto findings = page.read().at(0).findings;
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings[0].code, "character_foreign");
  EXPECT_EQ(findings[0].evidence, "cells=3") << "the last two are for letters";
  EXPECT_EQ(findings[0].severity, Severity::doubt);
}

TEST(Zones, a_dash_in_a_comb_of_letters_and_digits_is_read) {
  ToldPage page;
  page.add("kenmerk", forms::FieldType::alphanumeric, {10, 10, 15, 7}, 3);
  page.print();
  page.write({12.5, 11.5}, {12.5, 15.5});
  page.write({16.5, 13.5}, {18.5, 13.5});
  page.write({22.5, 11.5}, {22.5, 15.5});
  EXPECT_EQ(page.read().at(0).raw, "1-1");
}

TEST(Zones, a_postcode_asks_for_digits_and_then_for_letters) {
  ToldPage page;
  page.add("postcode", forms::FieldType::postcode, {10, 10, 30, 6}, 6);
  page.print();
  for (int i = 0; i < 6; ++i) page.write({12.5 + 5 * i, 11.2}, {12.5 + 5 * i, 14.8});
  (void)page.read();
  using Set = CharacterReader::Set;
  EXPECT_EQ(page.characters.sets, (std::vector<Set>{Set::digits, Set::digits, Set::digits,
                                                    Set::digits, Set::capitals, Set::capitals}));
}

TEST(Zones, a_field_whose_print_is_not_on_the_page_is_in_doubt) {
  ToldPage page;
  page.add("code", forms::FieldType::digits, {10, 10, 40, 6}, 8);
  page.add("ander", forms::FieldType::digits, {10, 40, 40, 6}, 8);
  page.print();
  page.scan.pixels.rowRange(cv::Range(100, 200)) = cv::Scalar(255);
  const auto readings = page.read();
  ASSERT_EQ(readings.at(0).findings.size(), 1u);
  EXPECT_EQ(readings[0].findings[0].code, "field_print_missing");
  EXPECT_EQ(readings[0].findings[0].severity, Severity::doubt);
  EXPECT_TRUE(readings.at(1).findings.empty());
}

TEST(Zones, a_text_line_crossed_by_a_fold_or_dust_is_empty) {
  ToldPage page;
  page.add("naam", forms::FieldType::text, {10, 10, 60, 8}, 0);
  page.print();
  for (double x = 12; x < 60; x += 4) page.write({x, 12}, {x + 1.0, 12}, 2);
  page.write({65, 15}, {65.2, 15.2});
  EXPECT_EQ(page.read().at(0).value, Value{});
  EXPECT_EQ(page.text.lines, 0);
}

// A line of loose strokes, no capitals: the character reader makes "1" of each.
void write_line(ToldPage& page) {
  for (double x = 12; x < 40; x += 4) page.write({x, 12}, {x, 16});
}

// Two dates as a machine puts them, and a line of text.
struct TypedPage : ToldPage {
  explicit TypedPage(int rows = 1) {
    for (const double y : {10.0, 20.0})
      add("datum" + std::to_string(y), forms::FieldType::date, {10, y, 40, 6}, 8);
    add("naam", forms::FieldType::text, {10, 40, 60, 8}, 0).lines = rows;
    print();
    for (const double y : {10.0, 20.0})
      for (int i = 0; i < 8; ++i) write({12.5 + 5 * i, y + 1.2}, {12.5 + 5 * i, y + 4.8});
    for (double x = 12; x < 40; x += 4) write({x, 42}, {x, 46});
  }
};

TEST(Zones, a_typed_line_is_surer_where_the_line_reader_sees_the_same) {
  TypedPage page;
  page.lines.texts = {{"Jansen", 0.8}};
  const Reading reading = page.read().at(2);
  EXPECT_EQ(reading.value, Value{std::string("Jansen")});
  EXPECT_NEAR(reading.probability, 0.9 / (0.9 + 0.1 * 0.1), 1e-6);
  EXPECT_EQ(reading.method, Method::printed_text);
}

TEST(Zones, a_typed_line_is_in_doubt_where_the_line_reader_sees_another_text) {
  TypedPage page;
  page.lines.texts = {{"Jaansen", 0.8}};
  const Reading reading = page.read().at(2);
  EXPECT_EQ(reading.value, Value{std::string("Jansen")});
  EXPECT_LT(reading.probability, 0.5);
  ASSERT_EQ(reading.alternatives.size(), 2u);
  EXPECT_EQ(reading.alternatives[1].text, "Jaansen");
}

TEST(Zones, typed_prose_is_not_doubted_for_what_the_line_reader_overlooks) {
  TypedPage page(2);
  page.lines.texts = {{"Janssen", 0.8}};
  EXPECT_NEAR(page.read().at(2).probability, 0.9, 0.01);
}

TEST(Zones, a_written_line_on_which_readers_agree_is_surer_than_either_says) {
  ToldPage page;
  page.add("naam", forms::FieldType::text, {10, 10, 60, 8}, 0);
  page.lines.texts = {{"Jansen", 0.8}, {"Janssen", 0.2}};
  page.print();
  write_line(page);
  const Reading reading = page.read().at(0);
  EXPECT_EQ(reading.value, Value{std::string("Jansen")});
  EXPECT_GT(reading.probability, 0.8);
  EXPECT_EQ(page.text.lines, 1);
}

TEST(Zones, a_written_line_on_which_readers_differ_keeps_both_texts) {
  ToldPage page;
  page.add("naam", forms::FieldType::text, {10, 10, 60, 8}, 0);
  page.lines.texts = {{"Pietersen", 0.99}};
  page.print();
  write_line(page);
  const Reading reading = page.read().at(0);
  EXPECT_EQ(reading.value, Value{std::string("Pietersen")});
  EXPECT_EQ(reading.method, Method::handprint);
  EXPECT_LT(reading.probability, 0.99);
  const auto other = std::find_if(reading.alternatives.begin(), reading.alternatives.end(),
                                  [](const Alternative& each) { return each.text == "Jansen"; });
  EXPECT_NE(other, reading.alternatives.end());
}

TEST(Zones, writing_that_goes_on_beyond_its_box_is_in_doubt_but_not_a_neighbours) {
  const auto read_up_to = [](double end, double again) {
    ToldPage page;
    page.add("naam", forms::FieldType::text, {10, 10, 40, 8}, 0);
    page.lines.texts = {{"Jansen", 0.99}};
    page.print();
    for (double x = 12; x < end; x += 1.5) page.write({x, 12}, {x, 16});
    for (double x = again; x < again + 6; x += 1.5) page.write({x, 12}, {x, 16});
    return page.read().at(0);
  };
  const Reading over = read_up_to(55, 70);
  ASSERT_EQ(over.findings.size(), 1u);
  EXPECT_EQ(over.findings[0].code, "writing_runs_over");
  EXPECT_LT(over.probability, 0.5);
  EXPECT_TRUE(read_up_to(49, 54).findings.empty()) << "the neighbour's writing begins there";
  EXPECT_TRUE(read_up_to(40, 70).findings.empty());
}

// Of a field on whose line the engine reads `says`.
Reading reading_of(forms::FieldType type, const std::string& says) {
  ToldPage page;
  page.add("veld", type, {10, 10, 60, 8}, 0);
  page.text.says = says;
  page.print();
  write_line(page);
  return page.read().at(0);
}

TEST(Zones, a_domain_that_was_corrected_is_in_doubt_beside_the_one_that_was_read) {
  const Reading reading = reading_of(forms::FieldType::email, "jan@ymail.com");
  EXPECT_EQ(reading.value, Value{std::string("jan@gmail.com")});
  EXPECT_EQ(reading.raw, "jan@ymail.com");
  EXPECT_LE(reading.probability, 0.5);
  ASSERT_EQ(reading.findings.size(), 1u);
  EXPECT_EQ(reading.findings[0].code, "email_domain_guessed");
  ASSERT_GE(reading.alternatives.size(), 2u);
  EXPECT_EQ(reading.alternatives[1].text, "jan@ymail.com");
}

TEST(Zones, a_guessed_low_line_is_in_doubt) {
  EXPECT_LE(reading_of(forms::FieldType::email, "jan vis@gmail.com").probability, 0.75);
}

TEST(Zones, a_line_that_was_corrected_keeps_what_was_seen) {
  const Reading reading = reading_of(forms::FieldType::text, "0. Verhagen |");
  EXPECT_EQ(reading.value, Value{std::string("O. Verhagen")});
  EXPECT_EQ(reading.raw, "0. Verhagen |");
}

TEST(Zones, a_field_that_cannot_be_read_is_a_finding_and_no_error) {
  ToldPage page;
  page.add("naam", forms::FieldType::text, {10, 25, 60, 7}, 0);
  page.print();
  page.write({12, 27}, {20, 30});
  page.text.broken = true;
  const auto readings = page.read();
  ASSERT_EQ(readings.size(), 1u);
  EXPECT_EQ(readings[0].probability, 0.0);
  ASSERT_EQ(readings[0].findings.size(), 1u);
  EXPECT_EQ(readings[0].findings[0].code, "field_unreadable");
}

TEST(Zones, reads_only_the_page_that_is_asked_for) {
  ToldPage page;
  page.add("bsn", forms::FieldType::bsn, {10, 10, 45, 6}, 9).page = 2;
  page.print();
  EXPECT_TRUE(page.read().empty());
}

}  // namespace
}  // namespace postkamer::extract
