// SPDX-License-Identifier: EUPL-1.2
#include "workers/intake/dates.h"

#include <fmt/format.h>

#include "pipeline/base/calendar.h"

namespace postkamer::intake {
std::string day_of(std::time_t time, const char* separator) {
  std::tm local{};
  localtime_r(&time, &local);
  return fmt::format("{:04}{}{:02}{}{:02}", local.tm_year + 1900, separator, local.tm_mon + 1,
                     separator, local.tm_mday);
}

int days_between(const std::string& earlier, const std::string& later) {
  const auto from = iso_day(earlier);
  const auto to = iso_day(later);
  return from && to ? static_cast<int>((*to - *from).count()) : 0;
}

std::string day_of_receipt(std::time_t time, bool on_working_days) {
  const std::string today = day_of(time, "-");
  const auto day = iso_day(today);
  return on_working_days && day ? iso_text(working_day_from(*day)) : today;
}

}  // namespace postkamer::intake
