// SPDX-License-Identifier: EUPL-1.2
//
// The groups of Dutch licence plates.
#pragma once

#include <array>
#include <string_view>

namespace postkamer::validate {

// Sidecodes 1 to 14 without dashes: X a letter, 9 a digit. No two are the same, so six characters
// have at most one.
inline constexpr std::array<std::string_view, 14> kSidecodes{
    "XX9999", "9999XX", "99XX99", "XX99XX", "XXXX99", "99XXXX", "99XXX9",
    "9XXX99", "XX999X", "X999XX", "XXX99X", "X99XXX", "9XX999", "999XX9"};

// 1..14, or 0 when the six characters (upper case, no dashes) are no plate: wrong groups, letters
// that are not used, or a combination that is never given out.
int sidecode_of(std::string_view six);

}  // namespace postkamer::validate
