// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/validate/written.h"

#include <gmock/gmock.h>

namespace postkamer::validate {
namespace {

using ::testing::Optional;

const DateContext kReceived2026{Date{2026, 11, 23}, Century::nearest};
const DateContext kBirth{Date{2026, 11, 23}, Century::past};

std::string date(std::string_view written, const DateContext& context = kReceived2026) {
  return canonical_date(written, context).value_or("none");
}

TEST(WrittenDate, reads_all_dutch_ways_of_writing) {
  EXPECT_EQ(date("23-11-2026"), "2026-11-23");
  EXPECT_EQ(date("3-5-'26"), "2026-05-03");
  EXPECT_EQ(date("3 mei 2026"), "2026-05-03");
  EXPECT_EQ(date("3 Mrt. 2026"), "2026-03-03");
  EXPECT_EQ(date("3/5/26"), "2026-05-03");
  EXPECT_EQ(date("3.5.2026"), "2026-05-03");
  EXPECT_EQ(date("03052026"), "2026-05-03");
  EXPECT_EQ(date("030526"), "2026-05-03");
  EXPECT_EQ(date("03 05 2026"), "2026-05-03");
  EXPECT_EQ(date("2026-11-23"), "2026-11-23");
  EXPECT_EQ(date("1 september 1999"), "1999-09-01");
}

TEST(WrittenDate, knows_which_days_exist) {
  EXPECT_EQ(date("29-02-2024"), "2024-02-29");
  for (const char* text : {"29-02-2023", "29-02-1900", "31-04-2026", "00-01-2026", "01-13-2026",
                           "32-01-2026", "11-23-2026", "1-1-126", "morgen", "3 5", "",
                           "1-1-2026-"
                           "5"})
    EXPECT_EQ(date(text), "none") << text;
}

TEST(WrittenDate, puts_birth_dates_in_the_past_and_others_near_the_receipt) {
  EXPECT_EQ(date("1-1-30"), "2030-01-01");
  EXPECT_EQ(date("1-1-30", kBirth), "1930-01-01");
  EXPECT_EQ(date("24-11-26", kBirth), "1926-11-24");
  EXPECT_EQ(date("23-11-26", kBirth), "2026-11-23");
  EXPECT_EQ(date("1-1-85"), "1985-01-01");
}

TEST(WrittenTime, reads_hours_and_minutes) {
  EXPECT_THAT(canonical_time("14:30"), Optional(std::string("14:30")));
  EXPECT_THAT(canonical_time("14.30 uur"), Optional(std::string("14:30")));
  EXPECT_THAT(canonical_time("9u05"), Optional(std::string("09:05")));
  EXPECT_THAT(canonical_time("1430"), Optional(std::string("14:30")));
  EXPECT_THAT(canonical_time("9 uur"), Optional(std::string("09:00")));
  for (const char* text : {"24:00", "12:60", "12:5", "abc", "", "1:2:3", "12345"})
    EXPECT_FALSE(canonical_time(text)) << text;
}

std::string amount(std::string_view written) { return canonical_amount(written).value_or("none"); }

TEST(WrittenAmount, reads_dutch_money) {
  EXPECT_EQ(amount("1.234,56"), "1234.56");
  EXPECT_EQ(amount("€ 12,-"), "12.00");
  EXPECT_EQ(amount("EUR 12"), "12.00");
  EXPECT_EQ(amount("12,5"), "12.50");
  EXPECT_EQ(amount("-3,50"), "-3.50");
  EXPECT_EQ(amount("12.50"), "12.50");
  EXPECT_EQ(amount("1.250"), "1250.00");
  EXPECT_EQ(amount("1.234.567,89"), "1234567.89");
  EXPECT_EQ(amount("1,234.56"), "1234.56");
  EXPECT_EQ(amount("1 250,00"), "1250.00");
  EXPECT_EQ(amount("007,10"), "7.10");
  EXPECT_EQ(amount("-0,00"), "0.00");
}

TEST(WrittenAmount, refuses_what_is_no_amount) {
  for (const char* text : {"", "€", "twaalf", "0.500", "01.250,00", "0 500", "1.23.456", "1,2,3",
                           "12,345", "1..2", "12,3a", "--5", "1234567890123"})
    EXPECT_EQ(amount(text), "none") << text;
}

TEST(WrittenAmount, counts_in_cents) {
  EXPECT_EQ(cents_of("1234.56"), 123456);
  EXPECT_EQ(cents_of("-0.05"), -5);
  EXPECT_EQ(cents_of("12"), std::nullopt);
  EXPECT_EQ(cents_of("999999999999.99"), 99999999999999);
}

TEST(WrittenNumber, drops_what_says_nothing) {
  EXPECT_THAT(canonical_number("1.234,50"), Optional(std::string("1234.5")));
  EXPECT_THAT(canonical_number("0012"), Optional(std::string("12")));
  EXPECT_THAT(canonical_number("0,125"), Optional(std::string("0.1250")));
  EXPECT_FALSE(canonical_number("12 stuks"));
  EXPECT_FALSE(canonical_number("0.125")) << "a decimal point, or a group too many";
  EXPECT_THAT(canonical_number("0.1250"), Optional(std::string("0.1250")));
  EXPECT_THAT(canonical_number("0,5"), Optional(std::string("0.5")));
}

TEST(WrittenNumber, gives_the_same_for_its_own_canonical_form) {
  for (const char* text : {"1.234,5", "0,125", "12", "1,2345", "-7,25", "1.000.000"}) {
    const auto once = canonical_number(text);
    ASSERT_TRUE(once) << text;
    EXPECT_EQ(canonical_number(*once), once);
  }
}

}  // namespace
}  // namespace postkamer::validate
