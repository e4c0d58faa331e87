// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/extract/letters_prior.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>

#include "pipeline/extract/lattice.h"

namespace postkamer::extract {
namespace {

constexpr std::size_t kLeastLetters = 4;
// Ways to fill the comb that are weighed; the others keep what their cells claim.
constexpr std::size_t kFillings = 256;
// The power of how usual the letters are (classifiers/handprint/second_opinion.py).
constexpr double kUsual = 0.4;
// Above this the comb is sure without.
constexpr double kSure = 0.999;

bool has_ink(const CharacterCell& cell) { return cell.empty_probability < 0.5; }

std::string text_of(const Filling& filling) {
  std::string text;
  for (const std::string& cell : filling.cells) text += cell.empty() ? " " : cell;
  return text;
}

// What the weighed fillings say of one cell, put in place of what it claimed of them.
void take(CharacterCell& cell, const std::vector<Filling>& fillings, std::size_t at,
          double enumerated) {
  const auto weighed = [&](const std::string& text, double before) {
    double share = 0.0;
    for (const Filling& filling : fillings)
      if (filling.cells[at] == text) share += filling.probability;
    return enumerated * share + (1.0 - enumerated) * before;
  };
  cell.empty_probability = weighed("", cell.empty_probability);
  for (Alternative& each : cell.candidates) each.probability = weighed(each.text, each.probability);
  std::stable_sort(
      cell.candidates.begin(), cell.candidates.end(),
      [](const Alternative& a, const Alternative& b) { return a.probability > b.probability; });
}

}  // namespace

void weigh_letters(std::vector<CharacterCell>& cells, const LineReader& reader) {
  const auto first = std::find_if(cells.begin(), cells.end(), has_ink);
  const auto last = std::find_if(cells.rbegin(), cells.rend(), has_ink).base();
  if (first >= last ||
      static_cast<std::size_t>(std::count_if(first, last, has_ink)) < kLeastLetters)
    return;
  std::vector<CharacterCell> word(first, last);
  std::vector<Filling> fillings = best_fillings(word, kFillings);
  if (fillings.front().probability >= kSure) return;
  double enumerated = 0.0;
  double total = 0.0;
  for (Filling& filling : fillings) {
    enumerated += filling.probability;
    filling.probability *= std::exp(kUsual * reader.log_usual(text_of(filling)));
    total += filling.probability;
  }
  if (total <= 0.0) return;
  for (Filling& filling : fillings) filling.probability /= total;
  for (std::size_t i = 0; i < word.size(); ++i)
    take(word[i], fillings, i, std::min(1.0, enumerated));
  std::move(word.begin(), word.end(), first);
}

}  // namespace postkamer::extract
