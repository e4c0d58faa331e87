// SPDX-License-Identifier: EUPL-1.2
#include <gtest/gtest.h>

#include "tests/unit/pipeline/extract/told_page.h"

namespace postkamer::extract {
namespace {

// A question with a box for yes at the left and one for no at the right.
struct YesOrNo : ToldPage {
  explicit YesOrNo(forms::FieldType type = forms::FieldType::choice) {
    auto& field = add("keuze", type, {10, 10, 40, 6}, 0);
    option(field, "ja", {10, 10, 4, 4});
    if (type != forms::FieldType::checkbox) option(field, "nee", {30, 10, 4, 4});
    print();
  }
  void tick_yes() { write({10.6, 10.6}, {13.4, 13.4}); }
  void tick_no() { write({30.6, 10.6}, {33.4, 13.4}); }
};

TEST(MarkZone, two_marks_where_one_is_asked_are_both_told_with_a_finding) {
  YesOrNo page;
  page.tick_yes();
  page.tick_no();
  const auto readings = page.read();
  ASSERT_EQ(readings.size(), 1u);
  EXPECT_EQ(readings[0].value, (Value{std::vector<std::string>{"ja", "nee"}}));
  ASSERT_EQ(readings[0].findings.size(), 1u);
  EXPECT_EQ(readings[0].findings[0].code, "choice_multiple");
}

TEST(MarkZone, a_box_blotted_or_struck_out_beside_a_cross_is_taken_back_and_not_quite_sure) {
  for (const double step : {0.4, 1.2}) {
    YesOrNo page;
    page.tick_yes();
    for (double y = 10.6; y < 13.5; y += step) page.write({30.4, y}, {33.6, y});
    const auto readings = page.read();
    EXPECT_EQ(readings.at(0).value, Value{std::string("ja")});
    EXPECT_LE(readings.at(0).probability, 0.9);
    EXPECT_TRUE(readings.at(0).findings.empty());
  }
}

TEST(MarkZone, a_blot_is_in_doubt_unless_it_stands_beside_the_tick_of_a_choice) {
  using forms::FieldType;
  for (const auto type : {FieldType::checkbox, FieldType::choice, FieldType::choices}) {
    for (const bool has_tick : {false, true}) {
      YesOrNo page(type);
      page.marks.sees_blots = true;
      for (double y = 10.6; y < 13.5; y += 0.4) page.write({10.4, y}, {13.6, y});
      if (has_tick) page.tick_no();
      const Reading reading = page.read().at(0);
      EXPECT_LE(reading.probability, 0.9);
      const bool is_correction = type == FieldType::choice && has_tick;
      ASSERT_EQ(reading.findings.size(), is_correction ? 0u : 1u);
      if (is_correction) continue;
      EXPECT_EQ(reading.findings[0].code, "mark_crossed_out");
      EXPECT_EQ(reading.findings[0].severity, Severity::doubt);
    }
  }
}

TEST(MarkZone, one_mark_of_several_gives_the_options_value) {
  YesOrNo page;
  page.tick_no();
  const auto readings = page.read();
  EXPECT_EQ(readings.at(0).value, Value{std::string("nee")});
  EXPECT_GT(readings.at(0).probability, 0.9);
}

// A map of stray ink, as page_ink gives it.
constexpr double kMapPpm = 4.0;
cv::Mat map_with(const Rect& ink) {
  cv::Mat map = cv::Mat::zeros(cv::Size(400, 400), CV_8U);
  map(cv::Rect(static_cast<int>(ink.x * kMapPpm), static_cast<int>(ink.y * kMapPpm),
               static_cast<int>(ink.width * kMapPpm), static_cast<int>(ink.height * kMapPpm))) =
      255;
  return map;
}

TEST(MarkZone, a_box_that_a_stamp_lies_over_is_in_doubt_and_an_empty_one_beside_it_is_not) {
  YesOrNo page(forms::FieldType::choices);
  page.write({2, 12}, {22, 12}, 12);
  page.surroundings.foreign =
      ForeignInk(map_with({2, 11.5, 20, 1}), kMapPpm, {{10, 10, 4, 4}, {30, 10, 4, 4}});
  const Reading reading = page.read().at(0);
  EXPECT_EQ(reading.value, (Value{std::vector<std::string>{"ja"}}));
  EXPECT_LE(reading.probability, 0.6);
  ASSERT_EQ(reading.findings.size(), 1u);
  EXPECT_EQ(reading.findings[0].code, "ink_from_elsewhere");
  EXPECT_EQ(reading.findings[0].severity, Severity::doubt);
}

TEST(MarkZone, a_cross_is_none_the_less_sure_for_a_stamp_elsewhere) {
  ToldPage page;
  page.add("akkoord", forms::FieldType::checkbox, {10, 10, 4, 4}, 0);
  page.print();
  page.write({10.6, 10.6}, {13.4, 13.4});
  page.surroundings.foreign = ForeignInk(map_with({18, 10, 20, 4}), kMapPpm, {{10, 10, 4, 4}});
  const Reading reading = page.read().at(0);
  EXPECT_EQ(reading.value, Value{true});
  EXPECT_EQ(reading.probability, 0.98);
  EXPECT_TRUE(reading.findings.empty());
}

TEST(MarkZone, what_is_much_paler_than_the_print_is_in_doubt) {
  for (const int gray : {20, 120, 190}) {
    ToldPage page;
    page.add("akkoord", forms::FieldType::checkbox, {10, 10, 4, 4}, 0);
    page.add("handtekening", forms::FieldType::signature, {20, 10, 40, 15}, 0);
    page.print();
    page.scan.is_bilevel = false;
    page.surroundings.print_darkness = 230.0;
    for (const auto& [from, to] :
         {std::pair{Point{10.6, 10.6}, Point{13.4, 13.4}}, std::pair{Point{24, 12}, Point{50, 20}}})
      cv::line(
          page.scan.pixels, {static_cast<int>(from.x * kScale), static_cast<int>(from.y * kScale)},
          {static_cast<int>(to.x * kScale), static_cast<int>(to.y * kScale)}, cv::Scalar(gray), 8);
    for (const Reading& reading : page.read()) {
      EXPECT_EQ(reading.value, Value{true}) << reading.field;
      ASSERT_EQ(reading.findings.size(), gray == 190 ? 1u : 0u) << reading.field << " " << gray;
      if (reading.findings.empty()) continue;
      EXPECT_EQ(reading.findings[0].code, "ink_pale");
      EXPECT_LE(reading.probability, 0.6);
    }
  }
}

TEST(MarkZone, a_stamp_in_its_field_is_no_signature_but_a_signature_beside_it_is) {
  for (const bool is_signed : {false, true}) {
    ToldPage page;
    page.add("handtekening", forms::FieldType::signature, {10, 10, 60, 15}, 0);
    page.print();
    page.write({12, 2}, {12, 20}, 12);
    if (is_signed) page.write({40, 12}, {60, 18});
    page.surroundings.foreign = ForeignInk(map_with({11.5, 2, 1, 18}), kMapPpm, {{10, 10, 60, 15}});
    const Reading reading = page.read().at(0);
    EXPECT_EQ(reading.value, Value{true});
    EXPECT_EQ(reading.findings.size(), is_signed ? 0u : 1u);
    if (is_signed)
      EXPECT_EQ(reading.probability, 0.97);
    else
      EXPECT_LE(reading.probability, 0.6);
  }
}

}  // namespace
}  // namespace postkamer::extract
