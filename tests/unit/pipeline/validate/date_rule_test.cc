// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/validate/date_rule.h"

#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "pipeline/validate/validate.h"
#include "tests/unit/pipeline/validate/cells.h"

namespace postkamer::validate {
namespace {

using forms::FieldType;

TEST(DecodeDate, gives_only_days_that_exist) {
  Cells cells = cells_of("31042026");
  cells[1] = either('1', 0.6, '0', 0.39);
  EXPECT_EQ(decoded(FieldType::date, cells).text, "30042026");
  cells = cells_of("29022023");
  cells[7] = either('3', 0.6, '4', 0.39);
  EXPECT_EQ(decoded(FieldType::date, cells).text, "29022024");
  const Decoded impossible = decoded(FieldType::date, cells_of("31022024"));
  EXPECT_EQ(impossible.text, "31022024");
  EXPECT_FALSE(impossible.is_allowed);
  EXPECT_EQ(decoded(FieldType::date, cells_of("290224")).text, "290224");
}

TEST(DecodeDate, accepts_every_day_of_two_leap_cycles) {
  for (int year = 1996; year <= 2004; ++year)
    for (int month = 1; month <= 12; ++month)
      for (const int day : {1, 9, 10, 28, 29, 30, 31}) {
        char text[9];
        std::snprintf(text, sizeof text, "%02d%02d%04d", day, month, year);
        EXPECT_EQ(decoded(FieldType::date, cells_of(text)).is_allowed, exists({year, month, day}))
            << text;
      }
}

Decoded decoded_date(const Cells& cells, const DateContext& context) {
  return decode(cells, *rule_for(FieldType::date, cells.size(), context));
}

const DateContext kReceived{Date{2026, 3, 9}, Century::nearest};
const DateContext kSigned{Date{2026, 3, 9}, Century::past};
const DateContext kBirth{Date{2026, 3, 9}, Century::past, true};

TEST(DecodeDate, lets_usual_years_decide_an_unsure_digit) {
  Cells cells = cells_of("08032016");
  cells[6] = either('1', 0.6, '2', 0.39);
  EXPECT_EQ(decoded_date(cells, {}).text, "08032016") << "nothing is known of the receipt";
  EXPECT_EQ(decoded_date(cells, kReceived).text, "08032026");
  EXPECT_EQ(decoded_date(cells, kSigned).text, "08032026");
  EXPECT_EQ(decoded_date(cells, kBirth).text, "08032016") << "children are born in any year";
  cells[6] = either('7', 0.9, '2', 0.09);
  for (const DateContext& context : {kReceived, kSigned, kBirth})
    EXPECT_EQ(decoded_date(cells, context).text, "08032026");
}

TEST(DecodeDate, leaves_a_clear_year_as_it_stands_however_unusual) {
  for (const char* text : {"08032076", "08031890", "08032050", "08032027"}) {
    for (const DateContext& context : {kReceived, kSigned, kBirth}) {
      const Decoded out = decoded_date(cells_of(text), context);
      EXPECT_EQ(out.text, text);
      EXPECT_TRUE(out.is_allowed);
    }
  }
}

TEST(DecodeDate, knows_usual_years_of_two_digits) {
  Cells cells = cells_of("080376");
  cells[4] = either('7', 0.6, '2', 0.39);
  EXPECT_EQ(decoded_date(cells, kReceived).text, "080326");
  EXPECT_EQ(decoded_date(cells, kBirth).text, "080376");
}

TEST(ValidateDate, takes_a_date_whose_name_says_birth_to_be_of_the_past) {
  const std::vector<std::pair<const char*, const char*>> kCases{
      {"einddatum", "2030-05-03"}, {"kind1Geboortedatum", "1930-05-03"}};
  for (const auto& [name, iso] : kCases) {
    forms::Form form;
    form.fields.emplace_back();
    form.fields[0].name = name;
    form.fields[0].type = FieldType::date;
    Reading reading;
    reading.field = name;
    reading.value = std::string("03-05-30");
    reading.probability = 0.999;
    const auto results = validate(form, {reading}, "2026-11-23").fields;
    EXPECT_EQ(std::get<std::string>(results.at(0).value), iso);
  }
}

TEST(YearWeights, have_a_mean_of_one) {
  for (const DateContext& context : {DateContext{}, kReceived, kSigned, kBirth}) {
    double sum = 0.0;
    for (int year = kFirstYear; year <= kLastYear; ++year) sum += weight_of_year(year, context);
    EXPECT_NEAR(sum / (kLastYear - kFirstYear + 1), 1.0, 1e-9);
  }
}

}  // namespace
}  // namespace postkamer::validate
