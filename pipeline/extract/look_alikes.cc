// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/extract/look_alikes.h"

#include <algorithm>
#include <cstddef>
#include <string>

namespace postkamer::extract {
namespace {

char best_of(const CharacterCell& cell) {
  if (cell.candidates.empty() || cell.empty_probability > cell.candidates.front().probability)
    return ' ';
  const std::string& text = cell.candidates.front().text;
  return text.size() == 1 ? text.front() : ' ';
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return c >= 'A' && c <= 'Z'; }

bool is_look_alike(char c) {
  return std::any_of(kLookAlikes.begin(), kLookAlikes.end(),
                     [c](const LookAlike& pair) { return c == pair.digit || c == pair.letter; });
}

// Moves what `from` claims to `to`.
void move(CharacterCell& cell, char from, char to) {
  auto& all = cell.candidates;
  const auto named = [&](char c) {
    return std::find_if(all.begin(), all.end(),
                        [c](const Alternative& a) { return a.text == std::string(1, c); });
  };
  const auto source = named(from);
  if (source == all.end()) return;
  const double claim = source->probability;
  all.erase(source);
  if (const auto target = named(to); target != all.end())
    target->probability += claim;
  else
    all.push_back({std::string(1, to), claim});
  std::stable_sort(all.begin(), all.end(), [](const Alternative& a, const Alternative& b) {
    return a.probability > b.probability;
  });
}

void settle(std::vector<CharacterCell>& cells, std::size_t begin, std::size_t end) {
  int letters = 0;
  int digits = 0;
  for (std::size_t i = begin; i < end; ++i) {
    const char c = best_of(cells[i]);
    if (is_look_alike(c)) continue;
    letters += is_letter(c) ? 1 : 0;
    digits += is_digit(c) ? 1 : 0;
  }
  if ((letters == 0) == (digits == 0)) return;
  for (std::size_t i = begin; i < end; ++i)
    for (const LookAlike& pair : kLookAlikes)
      letters > 0 ? move(cells[i], pair.digit, pair.letter)
                  : move(cells[i], pair.letter, pair.digit);
}

}  // namespace

void settle_look_alikes(std::vector<CharacterCell>& cells) {
  std::size_t begin = 0;
  for (std::size_t i = 0; i <= cells.size(); ++i) {
    const char c = i < cells.size() ? best_of(cells[i]) : ' ';
    if (is_letter(c) || is_digit(c)) continue;
    settle(cells, begin, i);
    begin = i + 1;
  }
}

}  // namespace postkamer::extract
