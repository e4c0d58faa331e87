// SPDX-License-Identifier: EUPL-1.2
#include "workers/intake/dates.h"

#include <chrono>
#include <cstdio>
#include <optional>

#include <fmt/format.h>

namespace postkamer::intake {
namespace {

std::optional<std::chrono::sys_days> day(const std::string& text) {
  int year = 0;
  unsigned month = 0;
  unsigned number = 0;
  if (std::sscanf(text.c_str(), "%4d-%2u-%2u", &year, &month, &number) != 3) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(month),
                                         std::chrono::day(number)};
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days(date);
}

}  // namespace

std::string day_of(std::time_t time, const char* separator) {
  std::tm local{};
  localtime_r(&time, &local);
  return fmt::format("{:04}{}{:02}{}{:02}", local.tm_year + 1900, separator, local.tm_mon + 1,
                     separator, local.tm_mday);
}

int days_between(const std::string& earlier, const std::string& later) {
  const auto from = day(earlier);
  const auto to = day(later);
  return from && to ? static_cast<int>((*to - *from).count()) : 0;
}

}  // namespace postkamer::intake
