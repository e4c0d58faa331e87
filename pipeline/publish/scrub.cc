// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/publish/scrub.h"

#include <cstddef>
#include <vector>

namespace postkamer::publish {
namespace {

constexpr std::size_t kDigits = 9;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_separator(char c) { return c == ' ' || c == '.' || c == '-'; }

// Places of the digits of a run: digits with at most one separator between two of them.
std::vector<std::size_t> run_from(std::string_view text, std::size_t start) {
  std::vector<std::size_t> places;
  for (std::size_t i = start; i < text.size(); ++i) {
    if (is_digit(text[i]))
      places.push_back(i);
    else if (!is_separator(text[i]) || i + 1 == text.size() || !is_digit(text[i + 1]))
      break;
  }
  return places;
}

// Whether the digit at `place` of the text begins, or ends, a group.
bool begins_group(std::string_view text, std::size_t place) {
  return place == 0 || !is_digit(text[place - 1]);
}
bool ends_group(std::string_view text, std::size_t place) {
  return place + 1 == text.size() || !is_digit(text[place + 1]);
}

}  // namespace

bool may_be_bsn(std::string_view digits) {
  if (digits.size() != kDigits) return false;
  int sum = 0;
  for (std::size_t i = 0; i < kDigits; ++i) {
    const int weight = i + 1 == kDigits ? -1 : static_cast<int>(kDigits - i);
    sum += weight * (digits[i] - '0');
  }
  return sum % 11 == 0;
}

std::string scrubbed(std::string text) {
  std::string out = text;
  for (std::size_t start = 0; start < text.size(); ++start) {
    if (!is_digit(text[start])) continue;
    const std::vector<std::size_t> run = run_from(text, start);
    for (std::size_t first = 0; first + kDigits <= run.size(); ++first) {
      const std::size_t last = first + kDigits - 1;
      if (!begins_group(text, run[first]) || !ends_group(text, run[last])) continue;
      std::string digits;
      for (std::size_t i = first; i <= last; ++i) digits += text[run[i]];
      if (!may_be_bsn(digits)) continue;
      for (std::size_t i = first; i <= last; ++i) out[run[i]] = '*';
    }
    start = run.back();
  }
  return out;
}

}  // namespace postkamer::publish
