// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/validate/date_rule.h"

#include <optional>

namespace postkamer::validate {
namespace {

using State = StringRule::State;
using Next = std::optional<State>;

// Relative weights of a year, cautious guesses: about half of the dates on a form are of this year
// or the last (signed, moved, begun), the rest spread over a life. See weight_of_year.
constexpr double kNow = 10.0;
constexpr double kNextYear = 3.0;
constexpr double kInALife = 1.0;
constexpr double kSoon = 0.3;
constexpr double kHardlyEver = 0.01;
constexpr int kLongLife = 110;  // years
constexpr int kSoonYears = 10;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
unsigned digit(char c) { return static_cast<unsigned>(c - '0'); }

double raw_weight(int year, const DateContext& context) {
  if (!context.reference) return kInALife;
  const int ahead = year - context.reference->year;
  if (ahead < -kLongLife) return kHardlyEver;
  if (context.century == Century::past && ahead > 0) return kHardlyEver;
  if (ahead <= 0) return context.is_birth || ahead < -1 ? kInALife : kNow;
  if (ahead == 1) return kNextYear;
  return ahead <= kSoonYears ? kSoon : kHardlyEver;
}

double mean_weight(const DateContext& context) {
  double sum = 0.0;
  for (int year = kFirstYear; year <= kLastYear; ++year) sum += raw_weight(year, context);
  return sum / (kLastYear - kFirstYear + 1);
}

// Day, month, year as six or eight digits. State: digits read so far, with a leading 1; day and
// month are replaced by "is it 29 February" once they are known to exist.
class DateRule final : public StringRule {
 public:
  DateRule(bool has_century, const DateContext& context)
      : has_century_(has_century), context_(context), mean_(mean_weight(context)) {}
  [[nodiscard]] State start() const override { return 1; }
  [[nodiscard]] Next next(State state, char c) const override {
    if (!is_digit(c)) return std::nullopt;
    if (state < kAfterMonth) return next_of_day_and_month(state * 10 + digit(c));
    const State leap = (state - kAfterMonth) / 100'000;
    const State year = (state - kAfterMonth) % 100'000 * 10 + digit(c);  // with a leading 1
    const State last = has_century_ ? 10'000 : 100;
    if (year / 10 >= last || !is_year_prefix(year)) return std::nullopt;
    if (year >= last && leap == 1 && !is_leap(year % last)) return std::nullopt;
    return kAfterMonth + leap * 100'000 + year;
  }
  [[nodiscard]] double weight(State state) const override {
    const State last = has_century_ ? 10'000 : 100;
    if (state < kAfterMonth || (state - kAfterMonth) % 100'000 < last) return 0.0;
    const auto digits = static_cast<int>((state - kAfterMonth) % 100'000 % last);
    const int year = has_century_ ? digits : full_year(digits, context_, 1, 1);
    return raw_weight(year, context_) / mean_;
  }
  [[nodiscard]] std::string_view alphabet() const override { return "0123456789"; }
  [[nodiscard]] double density() const override { return has_century_ ? 0.01 : 0.04; }

 private:
  static constexpr State kAfterMonth = 1'000'000;

  // `digits` with a leading 1: 1d, 1dd, 1ddm, 1ddmm.
  static Next next_of_day_and_month(State digits) {
    if (digits < 100) return digits % 10 <= 3 ? Next(digits) : std::nullopt;
    const State day = digits < 1000 ? digits % 100 : digits / (digits < 10'000 ? 10 : 100) % 100;
    if (day < 1 || day > 31) return std::nullopt;
    if (digits < 1000) return digits;
    if (digits < 10'000) return digits % 10 <= 1 ? Next(digits) : std::nullopt;
    const auto month = static_cast<int>(digits % 100);
    if (!exists({2024, month, static_cast<int>(day)})) return std::nullopt;
    return kAfterMonth + (month == 2 && day == 29 ? 100'000 : 0) + 1;
  }
  [[nodiscard]] bool is_year_prefix(State year) const {
    if (!has_century_) return true;
    if (year < 100) return year == 11 || year == 12;
    if (year < 1000) return year == 118 || year == 119 || year == 120;
    return year < 10'000 || (year >= 10'000 + kFirstYear && year <= 10'000 + kLastYear);
  }
  [[nodiscard]] bool is_leap(State year) const {
    return year % 4 == 0 && (!has_century_ || year % 100 != 0 || year % 400 == 0);
  }
  bool has_century_;
  DateContext context_;
  double mean_;  // of raw_weight over the years allowed
};

}  // namespace

double weight_of_year(int year, const DateContext& context) {
  return raw_weight(year, context) / mean_weight(context);
}

std::unique_ptr<StringRule> date_rule(bool has_century, const DateContext& context) {
  return std::make_unique<DateRule>(has_century, context);
}

}  // namespace postkamer::validate
