// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/validate/look_alikes.h"

#include <algorithm>
#include <cstddef>

#include "pipeline/validate/identifiers.h"

namespace postkamer::validate {
namespace {

char as_digit(char c) {
  switch (c) {
    case 'O':
    case 'o':
    case 'D':
    case 'Q': return '0';
    case 'I':
    case 'l':
    case 'i':
    case '|':
    case '!': return '1';
    case 'Z':
    case 'z': return '2';
    case 'A': return '4';
    case 'S':
    case 's': return '5';
    case 'G': return '6';
    case 'B': return '8';
    default: return c;
  }
}

char as_letter(char c) {
  switch (c) {
    case '0': return 'O';
    case '1': return 'I';
    case '2': return 'Z';
    case '4': return 'A';
    case '5': return 'S';
    case '6': return 'G';
    case '8': return 'B';
    default: return c;
  }
}

std::string digits_of(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), as_digit);
  return out;
}

// Characters from `first` up to `last` are letters, all others digits.
std::string with_letters_at(std::string_view written, std::size_t first, std::size_t last) {
  std::string out = without_separators(written);
  for (std::size_t i = 0; i < out.size(); ++i)
    out[i] = i >= first && i < last ? as_letter(out[i]) : as_digit(out[i]);
  return out;
}

std::string dutch_iban_of(std::string_view written) {
  std::string out = without_separators(written);
  if (out.size() != 18 || !out.starts_with("N")) return std::string(written);
  out = with_letters_at(out, 4, 8);
  return out.replace(0, 2, "NL");
}

}  // namespace

std::string repaired(forms::FieldType type, std::string_view text) {
  using forms::FieldType;
  switch (type) {
    case FieldType::bsn:
    case FieldType::rsin:
    case FieldType::kvk:
    case FieldType::digits:
    case FieldType::phone: return digits_of(text);
    case FieldType::postcode: return with_letters_at(text, 4, 6);
    case FieldType::iban: return dutch_iban_of(text);
    case FieldType::email: {
      std::string out(text);
      std::erase(out, ' ');
      return out;
    }
    default: return std::string(text);
  }
}

}  // namespace postkamer::validate
