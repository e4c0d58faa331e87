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

}  // namespace

void settle_look_alikes(std::vector<CharacterCell>& cells) {
  std::vector<char> seen;
  for (const auto& cell : cells) seen.push_back(best_of(cell));
  for (std::size_t i = 1; i + 1 < cells.size(); ++i) {
    const bool in_letters = is_letter(seen[i - 1]) && is_letter(seen[i + 1]);
    const bool in_digits = is_digit(seen[i - 1]) && is_digit(seen[i + 1]);
    if (!in_letters && !in_digits) continue;
    for (const LookAlike& pair : kLookAlikes)
      in_letters ? move(cells[i], pair.digit, pair.letter)
                 : move(cells[i], pair.letter, pair.digit);
  }
}

}  // namespace postkamer::extract
