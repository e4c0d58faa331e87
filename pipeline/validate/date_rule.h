// SPDX-License-Identifier: EUPL-1.2
//
// Dates in cells, and which years people write on forms: a 2026 of which one digit is unclear is
// hardly 2076. For decode.h.
#pragma once

#include <memory>

#include "pipeline/validate/decode.h"
#include "pipeline/validate/written.h"

namespace postkamer::validate {

// The years that a date of four year digits may have.
inline constexpr int kFirstYear = 1880;
inline constexpr int kLastYear = 2099;

// How much likelier beforehand a date in `year` is than one in another year; the mean over all
// years allowed is 1. Without a date of receipt all are alike. Births are alike for a long life
// back; other dates are mostly of about now. Dates of the past are hardly ever after receipt,
// others seldom far ahead. Nothing has weight 0: people do write such dates, and are told.
double weight_of_year(int year, const DateContext& context);

// Day, month, year, in six (`has_century` false) or eight digits; accepts days that exist.
std::unique_ptr<StringRule> date_rule(bool has_century, const DateContext& context);

}  // namespace postkamer::validate
