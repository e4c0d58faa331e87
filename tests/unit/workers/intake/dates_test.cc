// SPDX-License-Identifier: EUPL-1.2
#include "workers/intake/dates.h"

#include <gtest/gtest.h>

namespace postkamer::intake {
namespace {

// Noon of a day here, wherever that is.
std::time_t noon(int year, int month, int day) {
  std::tm local{};
  local.tm_year = year - 1900;
  local.tm_mon = month - 1;
  local.tm_mday = day;
  local.tm_hour = 12;
  local.tm_isdst = -1;
  return std::mktime(&local);
}

TEST(Dates, of_receipt_are_the_day_itself_or_the_next_on_which_the_office_is_open) {
  EXPECT_EQ(day_of_receipt(noon(2026, 11, 28), false), "2026-11-28") << "a Saturday";
  EXPECT_EQ(day_of_receipt(noon(2026, 11, 28), true), "2026-11-30");
  EXPECT_EQ(day_of_receipt(noon(2026, 11, 24), true), "2026-11-24");
  EXPECT_EQ(day_of_receipt(noon(2026, 12, 25), true), "2026-12-28") << "Christmas, then a Sunday";
}

TEST(Dates, lie_so_many_days_apart) {
  EXPECT_EQ(days_between("2026-02-27", "2026-03-01"), 2);
  EXPECT_EQ(days_between("2026-03-01", "2026-02-27"), -2);
  EXPECT_EQ(days_between("yesterday", "2026-03-01"), 0);
}

}  // namespace
}  // namespace postkamer::intake
