// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/extract/engine_opinion.h"

#include <algorithm>
#include <string>

#include "pipeline/extract/look_alikes.h"
#include "pipeline/extract/second_opinion.h"

namespace postkamer::extract {
namespace {

// How many times less likely a character is where the engine reads another: a cautious guess, as
// the engine reads print far better than that.
constexpr double kOther = 0.1;

// Whether the engine's word counts for nothing between the two.
bool are_one_glyph(char a, char b) {
  return a == b || std::ranges::any_of(kLookAlikes, [&](const LookAlike& pair) {
           return pair.is_one_glyph &&
                  ((a == pair.digit && b == pair.letter) || (a == pair.letter && b == pair.digit));
         });
}

void hear_character(char read, CharacterCell& cell) {
  double total = cell.empty_probability *= kOther;
  for (Alternative& each : cell.candidates) {
    if (each.text.size() != 1 || !are_one_glyph(each.text.front(), read))
      each.probability *= kOther;
    total += each.probability;
  }
  if (total <= 0.0) return;
  cell.empty_probability /= total;
  for (Alternative& each : cell.candidates) each.probability /= total;
  std::ranges::stable_sort(cell.candidates, std::ranges::greater{}, &Alternative::probability);
}

}  // namespace

void hear_engine(const std::vector<CellInk>& inks, std::string_view allowed, TextReader& engine,
                 std::vector<CharacterCell>& cells) {
  if (!wants_second_opinion(cells)) return;
  const CombLine line = as_line(inks, {0, inks.size()});
  if (line.picture.pixels.empty()) return;
  const auto read = engine.read_line(line.picture, allowed);
  if (!read) return;
  std::string characters = read->text;
  std::erase(characters, ' ');
  if (static_cast<std::ptrdiff_t>(characters.size()) != written_cells(inks)) return;
  std::size_t at = 0;
  for (std::size_t i = 0; i < cells.size(); ++i)
    if (inks[i].area > 0) hear_character(characters[at++], cells[i]);
}

}  // namespace postkamer::extract
