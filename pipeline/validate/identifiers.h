// SPDX-License-Identifier: EUPL-1.2
//
// Dutch identifiers as people write them -> canonical form, or nothing when it cannot be one.
// Spaces, dots and dashes that people put in are taken away; nothing is guessed: a letter O stays a
// letter O here (lattice.h decides between look-alikes). All functions are pure and independent of
// the locale.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace postkamer::validate {

using Canonical = std::optional<std::string>;

// True when nine digits, not all zero, pass the weighted sum 9 8 7 6 5 4 3 2 -1 modulo 11.
bool passes_eleven_test(std::string_view nine_digits);

// 7 to 9 digits, padded to 9 with zeros. A BSN and an RSIN share one number space and one test.
Canonical canonical_bsn(std::string_view written);
Canonical canonical_rsin(std::string_view written);
// Starts with 10; the same weights leave 5.
Canonical canonical_student_number(std::string_view written);
// The number of a person in the BRP: ten digits, two sums.
Canonical canonical_a_number(std::string_view written);

// 8 digits; there is no check digit.
Canonical canonical_kvk(std::string_view written);
// 12 digits; there is no check digit.
Canonical canonical_branch_number(std::string_view written);
// 20 digits: known prefix, the number it announces, suffix.
Canonical canonical_oin(std::string_view written);
// "NL002455799B11": eleven-test on the number, or modulo 97 over all (numbers since 2020).
Canonical canonical_vat(std::string_view written);
// "NL69ZZZ123456780000"
Canonical canonical_creditor_id(std::string_view written);
// 7, 9..14 or 16 digits.
Canonical canonical_payment_reference(std::string_view written);

// "1234 AB"
Canonical canonical_postcode(std::string_view written);
// "AB-12-CD"; the dashes follow from the groups of letters and digits.
Canonical canonical_licence_plate(std::string_view written);
// "+31612345678"; "14024" for the short numbers of municipalities; foreign numbers with + or 00.
Canonical canonical_phone(std::string_view written);
// As written, the part after the @ in lower case.
Canonical canonical_email(std::string_view written);

// The number's digits and letters only: no spaces, dots, dashes, slashes; letters upper case.
std::string without_separators(std::string_view written);

}  // namespace postkamer::validate
