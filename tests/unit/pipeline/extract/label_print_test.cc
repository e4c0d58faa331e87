// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/extract/label_print.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <opencv2/imgproc.hpp>

namespace postkamer::extract {
namespace {

constexpr double kPpm = 300.0 / 25.4;

const std::vector<std::string> kLabels{"Voorletters", "Achternaam", "Postcode", "Woonplaats",
                                       "Telefoon",    "Einddatum",  "Kenteken", "Handtekening"};

int px(double mm) { return static_cast<int>(std::lround(mm * kPpm)); }

// Boxes in a column with these labels above them.
GrayImage page_with(const std::vector<std::string>& labels) {
  GrayImage page;
  page.pixels = cv::Mat(px(297), px(210), CV_8UC1, cv::Scalar(255));
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const double y = 50.0 + 25.0 * static_cast<double>(i);
    cv::rectangle(page.pixels, {px(20), px(y), px(60), px(7)}, 0, 3);
    cv::putText(page.pixels, labels[i], {px(20), px(y - 1.2)}, cv::FONT_HERSHEY_SIMPLEX, 1.0, 0, 2);
  }
  return page;
}

// Fields that are in doubt when a page with these labels is taken for the form.
struct Doubted {
  bool is_other_form = false;
  std::vector<std::string> fields;
};

Doubted doubted(const std::vector<std::string>& labels) {
  forms::Form form;
  std::vector<Reading> readings;
  for (std::size_t i = 0; i < kLabels.size(); ++i) {
    forms::Field field;
    field.name = kLabels[i];
    field.box = {20.0, 50.0 + 25.0 * static_cast<double>(i), 60.0, 7.0};
    form.fields.push_back(field);
    readings.emplace_back().field = field.name;
  }
  const BlankPage blank{page_with(kLabels), 210.0, 297.0};
  Registration registration;
  registration.mm_to_original = Transform::scale(kPpm, kPpm);
  Doubted found;
  found.is_other_form = check_labels(page_with(labels), registration, blank, form, readings);
  for (const Reading& reading : readings)
    if (!reading.findings.empty()) found.fields.push_back(reading.field);
  return found;
}

TEST(LabelPrint, nothing_is_in_doubt_beside_the_labels_of_the_form) {
  EXPECT_TRUE(doubted(kLabels).fields.empty());
  EXPECT_FALSE(doubted(kLabels).is_other_form);
}

TEST(LabelPrint, fields_whose_labels_are_exchanged_are_in_doubt_and_no_others) {
  std::vector<std::string> labels = kLabels;
  std::swap(labels[2], labels[7]);
  const Doubted found = doubted(labels);
  EXPECT_EQ(found.fields, (std::vector<std::string>{"Postcode", "Handtekening"}));
  EXPECT_FALSE(found.is_other_form);
}

TEST(LabelPrint, a_page_of_which_most_labels_are_others_is_in_doubt_altogether) {
  std::vector<std::string> labels = kLabels;
  std::rotate(labels.begin(), labels.begin() + 1, labels.end() - 1);
  const Doubted found = doubted(labels);
  EXPECT_TRUE(found.is_other_form);
  EXPECT_EQ(found.fields, kLabels);
}

}  // namespace
}  // namespace postkamer::extract
