// SPDX-License-Identifier: EUPL-1.2
//
// A total that adds up is a witness of every amount in it: a misread digit would break the sum.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/forms/form.h"
#include "pipeline/model/reading.h"
#include "pipeline/validate/judge.h"

namespace postkamer::validate {

// By how much the parts exceed the total, in ten-thousandths. Canonical numbers ("1234.56"); an
// empty one is 0, nothing when one is no number or finer than that.
std::optional<long long> excess_of(const std::vector<std::string>& parts, std::string_view total);

// Where the total of a rule "sum" is that of its parts, at least two of which are filled, all of
// them are as sure as Bayes' rule makes their being right together (notice "confirmed_by_sum").
// `readings` and `judged` stand in the form's order; a reading may be null. A reading that has the
// notice already counts as it is: a witness is heard once. What does not add up changes nothing
// here: check_rules tells it.
void let_sums_confirm(const forms::Form& form, const std::vector<const Reading*>& readings,
                      std::vector<Judged>& judged);

}  // namespace postkamer::validate
