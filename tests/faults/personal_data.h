// SPDX-License-Identifier: EUPL-1.2
//
// Looks for people in text: any number that could be a BSN, and the names and numbers of those who
// were invented for a test.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace postkamer::test {

// The 11-test over nine digits: 9 times the first, 8 times the second, ..., less the last.
inline bool is_bsn(std::string_view digits) {
  if (digits.size() != 9) return false;
  int sum = 0;
  for (int i = 0; i < 8; ++i) sum += (9 - i) * (digits[static_cast<std::size_t>(i)] - '0');
  return (sum - (digits[8] - '0')) % 11 == 0 && digits != "000000000";
}

class Traces {
 public:
  void add(const std::string& text) { texts_.push_back(text); }
  // Short ones are parts of other words.
  void add_name(const std::string& name) {
    if (name.size() >= 6) texts_.push_back(name);
  }

  // What was found, empty when nothing was.
  [[nodiscard]] std::string in(std::string_view text) const {
    for (const std::string& known : texts_)
      if (text.find(known) != std::string_view::npos) return known;
    return number_in(text);
  }

 private:
  static bool is_digit(char c) { return c >= '0' && c <= '9'; }
  // Beside these, nine digits are a part of something else: a hash, a word, a fraction of a second.
  static bool is_joined(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }
  static std::string number_in(std::string_view text) {
    for (std::size_t start = 0; start < text.size();) {
      if (!is_digit(text[start])) {
        ++start;
        continue;
      }
      std::size_t end = start;
      while (end < text.size() && is_digit(text[end])) ++end;
      const bool is_alone = (start == 0 || !is_joined(text[start - 1])) &&
                            (end == text.size() || !is_joined(text[end]));
      if (is_alone && is_bsn(text.substr(start, end - start)))
        return std::string(text.substr(start, end - start));
      start = end;
    }
    return {};
  }

  std::vector<std::string> texts_;
};

}  // namespace postkamer::test
