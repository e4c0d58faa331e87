// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/extract/second_opinion.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>
#include <string>

#include <opencv2/core.hpp>

#include "pipeline/extract/added_ink.h"
#include "pipeline/extract/lattice.h"
#include "pipeline/extract/patch.h"

namespace postkamer::extract {
namespace {

using Set = CharacterReader::Set;

// Between characters, and what an empty cell adds, in heights of a character.
constexpr double kGap = 0.22;
constexpr double kEmptyCell = 0.5;

constexpr std::size_t kLeastCharacters = 3;
// The share of the whole comb from which nothing is asked.
constexpr double kSure = 0.999;
// What the character reader claims for a character that is not in doubt. Of surer ones another
// tells nothing; from 0.995 on it would miss most of those that are sure but wrong
// (second_opinion.py).
constexpr double kSureCharacter = 0.999;
// Written cells on either side of one in doubt that are shown with it.
constexpr int kBeside = 2;

// How much each reader's claims count. Fitted on glyphs and words that neither was trained on, in
// combs of pages drawn by comb_pages.py (classifiers/handprint/README.md).
struct Weights {
  double first = 0.0;
  double second = 0.0;
};
constexpr Weights kDigits{0.7, 0.3};
constexpr Weights kCapitals{0.6, 0.3};
// The line reader hardly tells 0 from O.
constexpr Weights kMixed{0.7, 0.2};
// What a character has that a reader did not claim.
constexpr double kUnclaimed = 1e-6;
// Candidates below this cannot matter.
constexpr double kLeastKept = 1e-5;

bool is_of(Set set, const std::string& character) {
  if (character.size() != 1) return false;
  const char c = character.front();
  const bool is_digit = c >= '0' && c <= '9';
  const bool is_capital = c >= 'A' && c <= 'Z';
  return (set != Set::capitals && is_digit) || (set != Set::digits && is_capital);
}

Weights weights_of(Set set) {
  switch (set) {
    case Set::digits: return kDigits;
    case Set::capitals: return kCapitals;
    case Set::alphanumeric: break;
  }
  return kMixed;
}

using Claims = std::map<std::string, double>;

Claims claims_of(const CharacterCell& cell, Set set) {
  Claims claims;
  for (const Alternative& each : cell.candidates)
    if (is_of(set, each.text)) claims[each.text] += each.probability;
  return claims;
}

double claimed(const Claims& claims, const std::string& character) {
  const auto found = claims.find(character);
  return found == claims.end() ? 0.0 : found->second;
}

double pool(double first, double second, const Weights& weights) {
  return std::pow(std::max(kUnclaimed, first), weights.first) *
         std::pow(std::max(kUnclaimed, second), weights.second);
}

}  // namespace

CombLine as_line(const std::vector<CellInk>& comb, const CellSpan& span) {
  CombLine line;
  const double height = usual_height(comb);
  if (height <= 0.0) return line;
  const std::vector<CellInk> inks(comb.begin() + static_cast<std::ptrdiff_t>(span.from),
                                  comb.begin() + static_cast<std::ptrdiff_t>(span.to));
  int top = inks.front().box.y;
  int bottom = top;
  double x = 0.0;
  bool is_first = true;
  for (const CellInk& ink : inks) {
    if (ink.area == 0) {
      if (!is_first) x += kEmptyCell * height;
      line.columns.push_back({});
      continue;
    }
    top = is_first ? ink.box.y : std::min(top, ink.box.y);
    bottom = is_first ? ink.box.br().y : std::max(bottom, ink.box.br().y);
    is_first = false;
    const int left = static_cast<int>(std::lround(x));
    line.columns.push_back({left, left + ink.mask.cols});
    x = left + ink.mask.cols + kGap * height;
  }
  cv::Mat mask = cv::Mat::zeros(bottom - top, static_cast<int>(std::ceil(x)) + 1, CV_8UC1);
  for (std::size_t i = 0; i < inks.size(); ++i) {
    if (inks[i].area == 0) continue;
    cv::Mat place =
        mask(cv::Rect{{line.columns[i].from, inks[i].box.y - top}, inks[i].mask.size()});
    cv::max(place, inks[i].mask, place);
  }
  line.picture = as_picture(mask, kZoneDpi);
  return line;
}

bool wants_second_opinion(const std::vector<CharacterCell>& cells) {
  std::vector<CharacterCell> inked;
  std::copy_if(cells.begin(), cells.end(), std::back_inserter(inked),
               [](const CharacterCell& cell) { return !cell.candidates.empty(); });
  return inked.size() >= kLeastCharacters && best_fillings(inked, 1).front().probability < kSure;
}

bool is_in_doubt(const CharacterCell& cell) {
  return !cell.candidates.empty() && cell.candidates.front().probability < kSureCharacter;
}

std::vector<CellSpan> spans_in_doubt(const std::vector<CharacterCell>& cells) {
  std::vector<CellSpan> spans;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (!is_in_doubt(cells[i])) continue;
    CellSpan span{i, i + 1};
    for (int left = kBeside; span.from > 0 && left > 0;) {
      --span.from;
      left -= cells[span.from].candidates.empty() ? 0 : 1;
    }
    for (int right = kBeside; span.to < cells.size() && right > 0; ++span.to)
      right -= cells[span.to].candidates.empty() ? 0 : 1;
    if (!spans.empty() && span.from <= spans.back().to)
      spans.back().to = span.to;
    else
      spans.push_back(span);
  }
  return spans;
}

std::vector<CharacterCell> second_opinions(const std::vector<CellInk>& inks,
                                           const std::vector<CharacterCell>& cells,
                                           const LineReader& reader) {
  std::vector<CharacterCell> out(cells.size());
  if (!wants_second_opinion(cells)) return out;
  for (const CellSpan& span : spans_in_doubt(cells)) {
    const CombLine line = as_line(inks, span);
    const std::vector<CharacterCell> heard = reader.read_apart(line.picture, line.columns);
    for (std::size_t i = 0; i < heard.size(); ++i)
      if (is_in_doubt(cells[span.from + i])) out[span.from + i] = heard[i];
  }
  return out;
}

CharacterCell pooled(const CharacterCell& first, const CharacterCell& second, Set set) {
  const bool is_other = set == Set::digits && seems_foreign(first);
  if (is_other || first.candidates.empty() || !is_of(set, first.candidates.front().text))
    return first;
  const Claims ones = claims_of(first, set);
  const Claims others = claims_of(second, set);
  if (others.empty()) return first;
  const Weights weights = weights_of(set);
  CharacterCell out;
  Claims all = ones;
  all.insert(others.begin(), others.end());
  out.empty_probability = pool(first.empty_probability, second.empty_probability, weights);
  double total = out.empty_probability;
  for (const auto& [character, unused] : all) {
    out.candidates.push_back(
        {character, pool(claimed(ones, character), claimed(others, character), weights)});
    total += out.candidates.back().probability;
  }
  out.empty_probability /= total;
  for (Alternative& each : out.candidates) each.probability /= total;
  std::erase_if(out.candidates, [](const Alternative& a) { return a.probability < kLeastKept; });
  std::stable_sort(
      out.candidates.begin(), out.candidates.end(),
      [](const Alternative& a, const Alternative& b) { return a.probability > b.probability; });
  return out;
}

}  // namespace postkamer::extract
