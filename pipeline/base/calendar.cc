// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/base/calendar.h"

#include <array>
#include <cstdio>

namespace postkamer {
namespace {

namespace chrono = std::chrono;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

int number_in(std::string_view digits) {
  int number = 0;
  for (const char c : digits) number = 10 * number + (c - '0');
  return number;
}

Day date(int year, unsigned month, unsigned day) {
  return chrono::year_month_day{chrono::year(year), chrono::month(month), chrono::day(day)};
}

Day kings_birthday(int year) {
  const Day day = date(year, 4, 27);
  return chrono::weekday(day) == chrono::Sunday ? day - chrono::days(1) : day;
}

}  // namespace

std::optional<Day> iso_day(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  for (const std::size_t i : {0, 1, 2, 3, 5, 6, 8, 9})
    if (!is_digit(text[i])) return std::nullopt;
  const chrono::year_month_day day{
      chrono::year(number_in(text.substr(0, 4))),
      chrono::month(static_cast<unsigned>(number_in(text.substr(5, 2)))),
      chrono::day(static_cast<unsigned>(number_in(text.substr(8, 2))))};
  if (!day.ok()) return std::nullopt;
  return Day(day);
}

std::string iso_text(Day day) {
  const chrono::year_month_day parts(day);
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02u", static_cast<int>(parts.year()),
                static_cast<unsigned>(parts.month()), static_cast<unsigned>(parts.day()));
  return text.data();
}

Day easter_sunday(int year) {
  const int a = year % 19;
  const int b = year / 100;
  const int c = year % 100;
  const int d = b / 4;
  const int e = b % 4;
  const int g = (8 * b + 13) / 25;
  const int h = (19 * a + b - d - g + 15) % 30;
  const int i = c / 4;
  const int k = c % 4;
  const int l = (32 + 2 * e + 2 * i - h - k) % 7;
  const int m = (a + 11 * h + 22 * l) / 451;
  const int n = h + l - 7 * m + 114;
  return date(year, static_cast<unsigned>(n / 31), static_cast<unsigned>(n % 31 + 1));
}

bool is_public_holiday(Day day) {
  const int year = static_cast<int>(chrono::year_month_day(day).year());
  const auto after_easter = (day - easter_sunday(year)).count();
  for (const int days : {-2, 1, 39, 50})  // Good Friday, Easter Monday, Ascension, Whit Monday
    if (after_easter == days) return true;
  return day == date(year, 1, 1) || day == date(year, 5, 5) || day == date(year, 12, 25) ||
         day == date(year, 12, 26) || day == kings_birthday(year);
}

bool is_working_day(Day day) {
  const chrono::weekday weekday(day);
  return weekday != chrono::Saturday && weekday != chrono::Sunday && !is_public_holiday(day);
}

Day working_day_from(Day day) {
  while (!is_working_day(day)) day += chrono::days(1);
  return day;
}

}  // namespace postkamer
