// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/base/calendar.h"

#include <gtest/gtest.h>

namespace postkamer {
namespace {

using namespace std::chrono_literals;

Day day(const char* text) { return iso_day(text).value(); }

TEST(Calendar, knows_only_days_that_exist) {
  EXPECT_EQ(iso_text(day("2026-05-03")), "2026-05-03");
  EXPECT_TRUE(iso_day("2024-02-29"));
  for (const char* wrong :
       {"2026-02-29", "2026-13-01", "2026-5-3", "03-05-2026", "", "2026-05-03 "})
    EXPECT_FALSE(iso_day(wrong)) << wrong;
}

TEST(Calendar, finds_easter) {
  for (const char* easter :
       {"1961-04-02", "2000-04-23", "2019-04-21", "2024-03-31", "2026-04-05", "2038-04-25"}) {
    const std::chrono::year_month_day date{day(easter)};
    EXPECT_EQ(iso_text(easter_sunday(static_cast<int>(date.year()))), easter);
  }
}

TEST(Calendar, knows_the_days_of_the_algemene_termijnenwet) {
  for (const char* closed : {"2026-01-01", "2026-04-03", "2026-04-06", "2026-04-27", "2026-05-05",
                             "2026-05-14", "2026-05-25", "2026-12-25", "2026-12-26"})
    EXPECT_TRUE(is_public_holiday(day(closed))) << closed;
  EXPECT_TRUE(is_public_holiday(day("2025-04-26"))) << "the 27th was a Sunday";
  EXPECT_FALSE(is_public_holiday(day("2025-04-27")));
  EXPECT_FALSE(is_public_holiday(day("2026-12-05")));
}

TEST(Calendar, finds_the_next_day_on_which_the_office_is_open) {
  EXPECT_EQ(iso_text(working_day_from(day("2026-11-24"))), "2026-11-24");
  EXPECT_EQ(iso_text(working_day_from(day("2026-04-03"))), "2026-04-07")
      << "Good Friday to Tuesday";
  EXPECT_EQ(iso_text(working_day_from(day("2026-12-25"))), "2026-12-28");
}

}  // namespace
}  // namespace postkamer
