// SPDX-License-Identifier: EUPL-1.2
//
// International bank account numbers (ISO 13616): lengths, modulo 97, and the Dutch banks.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace postkamer::validate {

// Upper case without spaces; length of its country, modulo 97 = 1.
std::optional<std::string> canonical_iban(std::string_view written);

// True when the four letters are a bank that gives out Dutch accounts.
bool is_known_dutch_bank(std::string_view code);

// True for a foreign IBAN, and for a Dutch one whose bank is known. Requires: a canonical IBAN.
bool has_known_bank(std::string_view iban);

// The remainder of digits and letters (A = 10 ... Z = 35) modulo 97, most significant first.
// Requires: 0-9 and A-Z only.
int remainder_97(std::string_view characters);

}  // namespace postkamer::validate
