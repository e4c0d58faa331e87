// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/validate/written.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <vector>

#include <fmt/format.h>

namespace postkamer::validate {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
bool is_letter(char c) { return lower(c) >= 'a' && lower(c) <= 'z'; }

// Requires: digits only, at most 9 of them.
int number_of(std::string_view digits) {
  int value = 0;
  for (const char c : digits) value = value * 10 + (c - '0');
  return value;
}

struct MonthName {
  std::string_view name;
  int month;
};

constexpr std::array kMonths{
    MonthName{"januari", 1},   MonthName{"jan", 1},       MonthName{"februari", 2},
    MonthName{"feb", 2},       MonthName{"maart", 3},     MonthName{"mrt", 3},
    MonthName{"april", 4},     MonthName{"apr", 4},       MonthName{"mei", 5},
    MonthName{"juni", 6},      MonthName{"jun", 6},       MonthName{"juli", 7},
    MonthName{"jul", 7},       MonthName{"augustus", 8},  MonthName{"aug", 8},
    MonthName{"september", 9}, MonthName{"sep", 9},       MonthName{"sept", 9},
    MonthName{"oktober", 10},  MonthName{"okt", 10},      MonthName{"november", 11},
    MonthName{"nov", 11},      MonthName{"december", 12}, MonthName{"dec", 12}};

int month_named(std::string_view name) {
  const auto found = std::ranges::find(kMonths, name, &MonthName::name);
  return found == kMonths.end() ? 0 : found->month;
}

// Runs of digits and runs of letters (lower case); nothing when another character stands between.
std::optional<std::vector<std::string>> tokens_of(std::string_view written) {
  std::vector<std::string> tokens;
  bool joins = false;
  for (const char c : written) {
    if (is_digit(c) || is_letter(c)) {
      if (joins && is_digit(tokens.back().back()) == is_digit(c))
        tokens.back().push_back(lower(c));
      else
        tokens.emplace_back(1, lower(c));
      joins = true;
    } else if (std::string_view(" -./'`,\t").find(c) != std::string_view::npos) {
      joins = false;
    } else {
      return std::nullopt;
    }
  }
  return tokens;
}

bool all_digits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, is_digit);
}

}  // namespace

int full_year(int two_digits, const DateContext& context, int month, int day) {
  if (!context.reference) return two_digits <= 40 ? 2000 + two_digits : 1900 + two_digits;
  const Date& reference = *context.reference;
  int best = 0;
  for (int year = (reference.year / 100 - 2) * 100 + two_digits; year <= reference.year + 100;
       year += 100) {
    if (context.century == Century::past) {
      if (Date{year, month, day} <= reference) best = year;
    } else if (best == 0 || std::abs(year - reference.year) < std::abs(best - reference.year)) {
      best = year;
    }
  }
  return best;
}

namespace {

// "03052026" and "030526".
std::vector<std::string> cut_digits(const std::string& digits) {
  if (digits.size() != 8 && digits.size() != 6) return {};
  return {digits.substr(0, 2), digits.substr(2, 2), digits.substr(4)};
}

std::optional<Date> date_of_parts(const std::vector<std::string>& parts,
                                  const DateContext& context) {
  if (!all_digits(parts[0]) || parts[0].size() > 2 || !all_digits(parts[2])) return std::nullopt;
  Date date;
  date.day = number_of(parts[0]);
  if (all_digits(parts[1]) && parts[1].size() <= 2)
    date.month = number_of(parts[1]);
  else
    date.month = month_named(parts[1]);
  if (parts[2].size() == 4)
    date.year = number_of(parts[2]);
  else if (parts[2].size() == 2)
    date.year = full_year(number_of(parts[2]), context, date.month, date.day);
  if (!exists(date)) return std::nullopt;
  return date;
}

// Sign, whole part and fraction of a number in Dutch writing.
struct Decimal {
  bool negative = false;
  std::string whole;     // no leading zeros, at least one digit
  std::string fraction;  // as written; empty when there is none
};

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// Every group behind `separator` has three digits, the first one to three. Nobody groups a number
// that starts with 0: "0.125" is no hundred and twenty-five.
bool groups_of_three(std::string_view whole, char separator) {
  std::size_t group = 0;
  bool is_first = true;
  for (const char c : whole) {
    if (c == separator) {
      if (group == 0 || group > 3 || (!is_first && group != 3)) return false;
      is_first = false;
      group = 0;
    } else if (is_digit(c)) {
      ++group;
    } else {
      return false;
    }
  }
  return is_first ? group > 0 : group == 3 && whole.front() != '0';
}

// Where the decimal separator stands: a comma, unless only a point with other than three digits
// behind it can be one ("12.50"), or the comma groups thousands before a point ("1,234.50").
std::size_t decimal_position(std::string_view text) {
  const std::size_t comma = text.rfind(',');
  const std::size_t point = text.rfind('.');
  if (comma == std::string_view::npos && point == std::string_view::npos) return text.size();
  if (comma == std::string_view::npos)
    return text.find('.') != point || text.size() - point == 4 ? text.size() : point;
  if (point != std::string_view::npos && point > comma) return point;
  return comma;
}

std::optional<Decimal> parse_decimal(std::string_view text) {
  Decimal out;
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) {
    out.negative = text.front() == '-';
    text = trimmed(text.substr(1));
  }
  const std::size_t at = decimal_position(text);
  std::string_view whole = text.substr(0, at);
  if (at < text.size()) out.fraction = text.substr(at + 1);
  if (out.fraction == "-" || out.fraction == "--" || out.fraction == "=") out.fraction.clear();
  if (!out.fraction.empty() && !all_digits(out.fraction)) return std::nullopt;
  const char grouping = at < text.size() && text[at] == '.' ? ',' : '.';
  const bool is_spaced = whole.find(' ') != std::string_view::npos;
  if (!groups_of_three(whole, is_spaced ? ' ' : grouping)) return std::nullopt;
  for (const char c : whole)
    if (is_digit(c) && !(c == '0' && out.whole.empty())) out.whole.push_back(c);
  if (out.whole.empty()) out.whole.push_back('0');
  if (out.whole.size() > 12) return std::nullopt;
  return out;
}

bool is_zero(const Decimal& d) {
  return d.whole == "0" && d.fraction.find_first_not_of('0') == std::string::npos;
}

// Takes a currency off both ends.
std::string_view without_currency(std::string_view text) {
  text = trimmed(text);
  for (const std::string_view sign : {"€", "EUR", "eur", "Eur"}) {
    if (text.starts_with(sign)) text.remove_prefix(sign.size());
    if (text.ends_with(sign)) text.remove_suffix(sign.size());
  }
  return trimmed(text);
}

}  // namespace

bool exists(const Date& date) {
  using namespace std::chrono;
  if (date.year < 1800 || date.year > 2199 || date.month < 1 || date.day < 1) return false;
  return year_month_day(year(date.year), month(static_cast<unsigned>(date.month)),
                        day(static_cast<unsigned>(date.day)))
      .ok();
}

std::string iso(const Date& date) {
  return fmt::format("{:04}-{:02}-{:02}", date.year, date.month, date.day);
}

std::optional<Date> parse_iso(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  const std::string_view y = text.substr(0, 4);
  const std::string_view m = text.substr(5, 2);
  const std::string_view d = text.substr(8, 2);
  if (!all_digits(y) || !all_digits(m) || !all_digits(d)) return std::nullopt;
  const Date date{number_of(y), number_of(m), number_of(d)};
  if (!exists(date)) return std::nullopt;
  return date;
}

std::optional<std::string> canonical_date(std::string_view written, const DateContext& context) {
  if (const auto date = parse_iso(trimmed(written))) return iso(*date);
  auto tokens = tokens_of(written);
  if (!tokens) return std::nullopt;
  if (tokens->size() == 1) tokens = cut_digits(tokens->front());
  if (tokens->size() != 3) return std::nullopt;
  const auto date = date_of_parts(*tokens, context);
  if (!date) return std::nullopt;
  return iso(*date);
}

std::optional<std::string> canonical_time(std::string_view written) {
  std::string digits;
  std::size_t separator = std::string::npos;
  std::string_view text = trimmed(written);
  for (const std::string_view word : {"uur", "u", "h"})
    if (text.ends_with(word)) text = trimmed(text.substr(0, text.size() - word.size()));
  for (const char c : text) {
    if (is_digit(c)) {
      digits.push_back(c);
    } else if (std::string_view(":.,uh ").find(c) != std::string_view::npos) {
      if (separator != std::string::npos && separator != digits.size()) return std::nullopt;
      separator = digits.size();
    } else {
      return std::nullopt;
    }
  }
  if (digits.empty() || digits.size() > 4) return std::nullopt;
  if (separator == std::string::npos)
    separator = digits.size() > 2 ? digits.size() - 2 : digits.size();
  const std::string minutes = digits.substr(separator);
  if (separator == 0 || separator > 2 || (!minutes.empty() && minutes.size() != 2))
    return std::nullopt;
  const int hour = number_of(digits.substr(0, separator));
  const int minute = number_of(minutes);
  if (hour > 23 || minute > 59) return std::nullopt;
  return fmt::format("{:02}:{:02}", hour, minute);
}

std::optional<std::string> canonical_amount(std::string_view written) {
  auto decimal = parse_decimal(without_currency(written));
  if (!decimal || decimal->fraction.size() > 2) return std::nullopt;
  decimal->fraction.resize(2, '0');
  const bool negative = decimal->negative && !is_zero(*decimal);
  return fmt::format("{}{}.{}", negative ? "-" : "", decimal->whole, decimal->fraction);
}

std::optional<std::string> canonical_number(std::string_view written) {
  auto decimal = parse_decimal(trimmed(written));
  if (!decimal || decimal->fraction.size() > 9) return std::nullopt;
  while (!decimal->fraction.empty() && decimal->fraction.back() == '0')
    decimal->fraction.pop_back();
  // Three decimals read again would look like grouped thousands.
  if (decimal->fraction.size() == 3) decimal->fraction.push_back('0');
  const bool negative = decimal->negative && !is_zero(*decimal);
  return fmt::format("{}{}{}{}", negative ? "-" : "", decimal->whole,
                     decimal->fraction.empty() ? "" : ".", decimal->fraction);
}

std::optional<long long> cents_of(std::string_view amount) {
  const bool negative = amount.starts_with("-");
  if (negative) amount.remove_prefix(1);
  if (amount.size() < 4 || amount.size() > 15 || amount[amount.size() - 3] != '.')
    return std::nullopt;
  long long cents = 0;
  for (std::size_t i = 0; i < amount.size(); ++i) {
    if (i == amount.size() - 3) continue;
    if (!is_digit(amount[i])) return std::nullopt;
    cents = cents * 10 + (amount[i] - '0');
  }
  return negative ? -cents : cents;
}

}  // namespace postkamer::validate
