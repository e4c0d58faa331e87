// SPDX-License-Identifier: EUPL-1.2
//
// Dates, times and amounts as Dutch people write them -> canonical form, or nothing. Day, month,
// year is the only order there is. Pure; independent of the locale; no clock: what "today" is comes
// in as a value.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace postkamer::validate {

struct Date {
  int year = 0;
  int month = 0;  // 1..12
  int day = 0;    // 1..31
  auto operator<=>(const Date&) const = default;
};

// True for a day that exists in the Gregorian calendar, 1800..2199.
bool exists(const Date& date);

std::string iso(const Date& date);
// "2026-11-23"; nothing for another shape or a day that does not exist.
std::optional<Date> parse_iso(std::string_view text);

// What a two-digit year means.
enum class Century {
  nearest,  // the year nearest to the reference
  past,     // the latest that is not after the reference: births, signatures
};

struct DateContext {
  std::optional<Date> reference;  // the date of receipt; nothing: 40 and below is 20xx
  Century century = Century::nearest;
  bool is_birth = false;  // a date of birth, in any year of a life; others are mostly of about now
};

// The year that two digits mean, 0..99, on that day of it.
int full_year(int two_digits, const DateContext& context, int month, int day);

// "23-11-2026", "3-5-'26", "3 mei 2026", "3/5/26", "3.5.2026", "03052026", "2026-11-23" -> ISO.
std::optional<std::string> canonical_date(std::string_view written, const DateContext& context);

// "14:30", "14.30 uur", "9u05", "1430" -> "14:30", "09:05".
std::optional<std::string> canonical_time(std::string_view written);

// "1.234,56", "€ 12,-", "12", "-3,5" -> "1234.56", "12.00", "12.00", "-3.50". A point before three
// digits groups thousands, but "0.500" is no number.
std::optional<std::string> canonical_amount(std::string_view written);
// "1.234,5" -> "1234.5"; no leading zeros, and no trailing zeros after the point but one after
// three decimals ("0,125" -> "0.1250"), so that reading a canonical number again gives the same.
std::optional<std::string> canonical_number(std::string_view written);

// Cents of a canonical amount; nothing for another shape. Fits: amounts up to 12 digits of euros.
std::optional<long long> cents_of(std::string_view canonical_amount);

}  // namespace postkamer::validate
