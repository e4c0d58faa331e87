// SPDX-License-Identifier: EUPL-1.2
//
// Telephone numbers in cells, for decode.h: which ones are given out tells most of their first four
// digits.
#pragma once

#include <memory>
#include <string_view>

#include "pipeline/validate/decode.h"

namespace postkamer::validate {

// Whether a Dutch number of ten digits may go on like this after its 0: a mobile number, one of the
// area codes of the numbering plan, or a number without a place (084, 085, 087, 088). Of
// `digits` the first three count.
bool may_begin_phone(std::string_view digits);

// A number of ten digits, or +31 and nine. Two in three are taken to be mobile.
std::unique_ptr<StringRule> phone_rule();

}  // namespace postkamer::validate
