// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/validate/licence_plate.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <iterator>

#include "pipeline/validate/identifiers.h"

namespace postkamer::validate {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_capital(char c) { return c >= 'A' && c <= 'Z'; }

// Three-letter groups and two-letter groups that are never given out.
constexpr std::array<std::string_view, 14> kForbidden{
    "GVD", "KKK", "KVT", "LPF", "NSB", "PKK", "PSV", "PVV", "SGP", "TBS", "VVD", "SA", "SD", "SS"};

// Since sidecode 4: no vowels, no C, Q, Y; but semi-trailers have an O as their first letter.
constexpr std::string_view kModernLetters = "BDFGHJKLMNPRSTVWXZ";

// 'X' a letter, '9' a digit, all other characters themselves.
bool has_shape(std::string_view text, std::string_view shape) {
  return std::ranges::equal(text, shape, [](char c, char s) {
    if (s == 'X') return is_capital(c);
    if (s == '9') return is_digit(c);
    return c == s;
  });
}

// A dash at each change between letters and digits; a run of four is cut in two.
std::string with_dashes(std::string_view text) {
  std::string out;
  std::size_t run = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool changes = i > 0 && is_digit(text[i]) != is_digit(text[i - 1]);
    run = changes ? 0 : run;
    const bool halves_four = run == 2 && i + 1 < text.size() &&
                             is_digit(text[i + 1]) == is_digit(text[i]) &&
                             is_digit(text[i - 1]) == is_digit(text[i]);
    if (changes || halves_four) out.push_back('-');
    out.push_back(text[i]);
    ++run;
  }
  return out;
}

// `dashed`: with its dashes, so that a run of four letters is two groups.
bool letters_are_allowed(std::string_view dashed, bool is_modern) {
  std::string group;
  const std::size_t first = static_cast<std::size_t>(
      std::distance(dashed.begin(), std::ranges::find_if(dashed, is_capital)));
  for (std::size_t i = 0; i <= dashed.size(); ++i) {
    if (i < dashed.size() && is_capital(dashed[i])) {
      const bool is_semi_trailer = i == first && dashed[i] == 'O';
      if (is_modern && !is_semi_trailer && kModernLetters.find(dashed[i]) == std::string_view::npos)
        return false;
      group.push_back(dashed[i]);
      continue;
    }
    if (std::ranges::find(kForbidden, group) != kForbidden.end()) return false;
    group.clear();
  }
  return true;
}

}  // namespace

int sidecode_of(std::string_view six) {
  for (std::size_t i = 0; i < kSidecodes.size(); ++i) {
    if (!has_shape(six, kSidecodes[i])) continue;
    const int sidecode = static_cast<int>(i) + 1;
    return letters_are_allowed(with_dashes(six), sidecode >= 4) ? sidecode : 0;
  }
  return 0;
}

Canonical canonical_licence_plate(std::string_view written) {
  const std::string text = without_separators(written);
  if (sidecode_of(text) != 0) return with_dashes(text);
  // Court, diplomats, and the one-day plates of garages.
  for (const std::string_view special : {"AA99", "AA999", "CDJ999", "F9999", "Z9999"})
    if (has_shape(text, special)) return with_dashes(text);
  return std::nullopt;
}

}  // namespace postkamer::validate
