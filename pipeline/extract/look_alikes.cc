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

// What a twin of one glyph has at least of what both claim: it is often no candidate at all.
constexpr double kLeastOfTwin = 0.05;

// Shares what both claim anew.
void settle(CharacterCell& cell, char from, char to, bool is_one_glyph) {
  auto& all = cell.candidates;
  const auto named = [&](char c) {
    return std::find_if(all.begin(), all.end(),
                        [c](const Alternative& a) { return a.text == std::string(1, c); });
  };
  if (named(from) == all.end() || (!is_one_glyph && named(to) == all.end())) return;
  if (named(to) == all.end()) all.push_back({std::string(1, to), 0.0});
  const auto source = named(from);
  const auto target = named(to);
  const double claim = source->probability + target->probability;
  if (is_one_glyph && target->probability >= source->probability) {
    target->probability = claim;
    all.erase(source);
  } else {
    const double least = is_one_glyph ? kLeastOfTwin * claim : 0.0;
    const double seen = std::max(least, target->probability);
    const double weight = kNeighbourOdds * seen;
    target->probability = claim * weight / (weight + claim - seen);
    source->probability = claim - target->probability;
  }
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
    for (const LookAlike& pair : kLookAlikes) settle_look_alike(cells[i], pair, in_letters);
  }
}

void settle_look_alike(CharacterCell& cell, const LookAlike& pair, bool is_letter) {
  is_letter ? settle(cell, pair.digit, pair.letter, pair.is_one_glyph)
            : settle(cell, pair.letter, pair.digit, pair.is_one_glyph);
}

}  // namespace postkamer::extract
