// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/validate/identifiers.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "pipeline/validate/iban.h"

namespace postkamer::validate {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_capital(char c) { return c >= 'A' && c <= 'Z'; }
int digit(char c) { return c - '0'; }
bool all_digits(std::string_view text) { return std::ranges::all_of(text, is_digit); }

char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

// The weighted sum of nine digits, 0..10.
int eleven_remainder(std::string_view nine_digits) {
  int sum = -digit(nine_digits[8]);
  for (std::size_t i = 0; i < 8; ++i) sum += static_cast<int>(9 - i) * digit(nine_digits[i]);
  return (sum % 11 + 11) % 11;
}

Canonical nine_digits_passing(std::string_view written) {
  std::string number = without_separators(written);
  if (number.size() < 7 || number.size() > 9 || !all_digits(number)) return std::nullopt;
  number.insert(0, 9 - number.size(), '0');
  if (!passes_eleven_test(number)) return std::nullopt;
  return number;
}

Canonical digits_of_length(std::string_view written, std::size_t length) {
  std::string number = without_separators(written);
  if (number.size() != length || !all_digits(number)) return std::nullopt;
  return number;
}

// The check digit of a betalingskenmerk: weights from the right of the digits it guards.
char payment_check_digit(std::string_view guarded) {
  constexpr std::array kWeights{2, 4, 8, 5, 10, 9, 7, 3, 6, 1};
  int sum = 0;
  for (std::size_t i = 0; i < guarded.size(); ++i)
    sum += kWeights[i % kWeights.size()] * digit(guarded[guarded.size() - 1 - i]);
  const int check = 11 - sum % 11;
  if (check == 10) return '1';
  if (check == 11) return '0';
  return static_cast<char>('0' + check);
}

bool is_email_local(char c) {
  return is_digit(c) || is_capital(upper(c)) ||
         std::string_view(".!#$%&'*+/=?^_`{|}~-").find(c) != std::string_view::npos;
}

bool is_domain_label(std::string_view label) {
  const auto allowed = [](char c) { return is_digit(c) || is_capital(upper(c)) || c == '-'; };
  return !label.empty() && label.size() <= 63 && std::ranges::all_of(label, allowed) &&
         label.front() != '-' && label.back() != '-';
}

bool is_domain(std::string_view domain) {
  int labels = 0;
  while (true) {
    const std::size_t dot = domain.find('.');
    const std::string_view label = domain.substr(0, dot);
    if (!is_domain_label(label)) return false;
    ++labels;
    if (dot == std::string_view::npos)
      return labels >= 2 && label.size() >= 2 && !all_digits(label);
    domain.remove_prefix(dot + 1);
  }
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

}  // namespace

std::string without_separators(std::string_view written) {
  std::string out;
  for (const char c : written)
    if (c != ' ' && c != '.' && c != '-' && c != '/' && c != '\t' && c != '\n')
      out.push_back(upper(c));
  return out;
}

bool passes_eleven_test(std::string_view nine_digits) {
  return nine_digits.size() == 9 && all_digits(nine_digits) && nine_digits != "000000000" &&
         eleven_remainder(nine_digits) == 0;
}

Canonical canonical_bsn(std::string_view written) { return nine_digits_passing(written); }

Canonical canonical_rsin(std::string_view written) { return nine_digits_passing(written); }

Canonical canonical_student_number(std::string_view written) {
  auto number = digits_of_length(written, 9);
  if (!number || !number->starts_with("10") || eleven_remainder(*number) != 5) return std::nullopt;
  return number;
}

Canonical canonical_a_number(std::string_view written) {
  auto number = digits_of_length(written, 10);
  if (!number || number->front() == '0') return std::nullopt;
  if (std::ranges::adjacent_find(*number) != number->end()) return std::nullopt;
  int sum = 0;
  int weighted = 0;
  for (std::size_t i = 0; i < 10; ++i) {
    sum += digit((*number)[i]);
    weighted += (1 << i) * digit((*number)[i]);
  }
  // 5 since the register holds people who live abroad.
  if ((sum % 11 != 0 && sum % 11 != 5) || weighted % 11 != 0) return std::nullopt;
  return number;
}

Canonical canonical_kvk(std::string_view written) { return digits_of_length(written, 8); }

Canonical canonical_branch_number(std::string_view written) {
  return digits_of_length(written, 12);
}

Canonical canonical_oin(std::string_view written) {
  auto number = digits_of_length(written, 20);
  if (!number) return std::nullopt;
  const std::string_view text = *number;
  constexpr std::array<std::string_view, 10> kPrefixes{
      "00000001", "00000002", "00000003", "00000004", "00000006",
      "00000007", "00000008", "00000009", "00000010", "00000099"};
  if (std::ranges::find(kPrefixes, text.substr(0, 8)) == kPrefixes.end()) return std::nullopt;
  const bool is_tax_number = text.starts_with("00000001") || text.starts_with("00000002");
  if (is_tax_number && (!passes_eleven_test(text.substr(8, 9)) || text.substr(17) != "000"))
    return std::nullopt;
  if (text.starts_with("00000003") && text.substr(16) != "0000") return std::nullopt;
  return number;
}

Canonical canonical_vat(std::string_view written) {
  std::string text = without_separators(written);
  if (!text.starts_with("NL")) text.insert(0, "NL");
  if (text.size() != 14 || text[11] != 'B') return std::nullopt;
  const std::string number = text.substr(2, 9);
  if (!all_digits(number) || !all_digits(text.substr(12))) return std::nullopt;
  if (!passes_eleven_test(number) && remainder_97(text) != 1) return std::nullopt;
  return text;
}

Canonical canonical_creditor_id(std::string_view written) {
  std::string text = without_separators(written);
  if (text.size() != 19 || !text.starts_with("NL") || !all_digits(text.substr(2, 2)))
    return std::nullopt;
  const auto is_business = [](char c) { return is_digit(c) || is_capital(c); };
  if (!std::ranges::all_of(text.substr(4, 3), is_business) || !all_digits(text.substr(7)))
    return std::nullopt;
  // The business code (ZZZ) is left out of the check.
  if (remainder_97(text.substr(7) + text.substr(0, 4)) != 1) return std::nullopt;
  return text;
}

Canonical canonical_payment_reference(std::string_view written) {
  std::string number = without_separators(written);
  if (number.empty() || !all_digits(number)) return std::nullopt;
  const std::string_view text = number;
  if (text.size() == 7) return number;
  if (text.size() == 16)
    return payment_check_digit(text.substr(1)) == text[0] ? Canonical(number) : std::nullopt;
  if (text.size() < 9 || text.size() > 14) return std::nullopt;
  // Check digit, then the length of what follows modulo 10, both in front of the reference itself.
  const auto length_code = static_cast<char>('0' + (text.size() - 2) % 10);
  if (text[1] != length_code || payment_check_digit(text.substr(1)) != text[0]) return std::nullopt;
  return number;
}

Canonical canonical_postcode(std::string_view written) {
  const std::string text = without_separators(written);
  if (text.size() != 6 || !all_digits(text.substr(0, 4)) || text[0] == '0') return std::nullopt;
  const std::string letters = text.substr(4);
  if (!std::ranges::all_of(letters, is_capital)) return std::nullopt;
  if (letters == "SA" || letters == "SD" || letters == "SS") return std::nullopt;
  return text.substr(0, 4) + " " + letters;
}

Canonical canonical_email(std::string_view written) {
  const std::string_view text = trimmed(written);
  const std::size_t at = text.rfind('@');
  if (at == std::string_view::npos || at == 0 || at > 64 || text.size() > 254) return std::nullopt;
  const std::string_view local = text.substr(0, at);
  const std::string_view domain = text.substr(at + 1);
  if (!std::ranges::all_of(local, is_email_local) || local.front() == '.' || local.back() == '.' ||
      local.find("..") != std::string_view::npos || !is_domain(domain))
    return std::nullopt;
  std::string out(text);
  for (std::size_t i = at; i < out.size(); ++i)
    if (is_capital(out[i])) out[i] = static_cast<char>(out[i] - 'A' + 'a');
  return out;
}

}  // namespace postkamer::validate
