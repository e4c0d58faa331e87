// SPDX-License-Identifier: EUPL-1.2
#include <algorithm>
#include <cstddef>
#include <string>

#include "pipeline/validate/identifiers.h"
#include "pipeline/validate/phone_rule.h"

namespace postkamer::validate {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_one_of(char c, std::string_view set) { return set.find(c) != std::string_view::npos; }

// A number without its trunk 0 or country code. Of an area code only the first two digits count:
// one that is new makes no number invalid.
bool is_national(std::string_view n) {
  if (n.size() < 7 || n.size() > 11) return false;
  if (n.starts_with("800") || n.starts_with("900") || n.starts_with("906") || n.starts_with("909"))
    return n.size() <= 10;
  return n.size() == 9 && may_begin_phone(n.substr(0, 2));
}

// Municipalities: 14 and the area code with its 0.
bool is_short_municipal(std::string_view n) {
  return n.starts_with("140") && (n.size() == 5 || n.size() == 6) && n[3] != '0';
}

}  // namespace

Canonical canonical_phone(std::string_view written) {
  std::string text;
  for (const char c : written) {
    if (is_digit(c) || (c == '+' && text.empty()))
      text.push_back(c);
    else if (!is_one_of(c, " -./()\t"))
      return std::nullopt;
  }
  if (text.starts_with("00")) text.replace(0, 2, "+");
  if (is_short_municipal(text)) return text;
  if (text.starts_with("+31")) {
    text.erase(0, 3);
    if (text.starts_with("0")) text.erase(0, 1);  // +31 (0)6 ...
  } else if (text.starts_with("+")) {
    const bool has_length = text.size() >= 8 && text.size() <= 16 && text[1] != '0';
    return has_length ? Canonical(text) : std::nullopt;
  } else if (text.starts_with("0")) {
    text.erase(0, 1);
  } else {
    return std::nullopt;
  }
  if (!is_national(text)) return std::nullopt;
  return "+31" + text;
}

}  // namespace postkamer::validate
