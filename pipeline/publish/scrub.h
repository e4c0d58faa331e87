// SPDX-License-Identifier: EUPL-1.2
//
// Burgerservicenummers out of free text.
#pragma once

#include <string>
#include <string_view>

namespace postkamer::publish {

// The eleven-test: 9 a + 8 b + ... + 2 h - i is a multiple of eleven. `digits` has nine; all zeros
// pass as well and are nobody's number, which does no harm where numbers are hidden.
bool may_be_bsn(std::string_view digits);

// `text` with every number that may be a BSN turned into asterisks: nine digits in a row, or in
// groups with single spaces, dots or dashes between, that pass the eleven-test, and no digit right
// before or after. Deterministic; separators stay.
std::string scrubbed(std::string text);

}  // namespace postkamer::publish
