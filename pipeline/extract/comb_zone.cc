// SPDX-License-Identifier: EUPL-1.2
#include <algorithm>
#include <cmath>
#include <string>

#include <opencv2/imgproc.hpp>

#include "pipeline/extract/accent.h"
#include "pipeline/extract/added_ink.h"
#include "pipeline/extract/cell_split.h"
#include "pipeline/extract/lattice.h"
#include "pipeline/extract/look_alikes.h"
#include "pipeline/extract/own_ink.h"
#include "pipeline/extract/second_opinion.h"
#include "pipeline/extract/zone_readers.h"

namespace postkamer::extract {
namespace {

using forms::FieldType;
using Set = CharacterReader::Set;

// Strokes leave their cells by this much.
constexpr double kMarginMm = 1.6;
// Ink that is smaller than this both ways is dust or a pen rest, not a character.
constexpr double kCharacterMm = 0.8;
constexpr std::size_t kFillings = 12;
// That nothing is written where no ink is left: of 5,022 such cells of twin-dev all were empty
// (bench_zones), so at most some 6 in 10,000 may hold a stroke that scanning lost.
constexpr double kNoInkIsEmpty = 0.9995;
// Ink between these shares of the usual height is this much less likely dirt.
constexpr double kLeastOfUsual = 0.7;
constexpr double kMostOfUsual = 1.4;
constexpr double kDirtOdds = 0.2;
// What the claims on a plain letter are worth above which something stands.
constexpr double kSureWithoutAccent = 0.3;
// A dash is lower than this share of its cell and so much wider than high. No reader was trained on
// dashes; how sure one is, is a cautious guess.
constexpr double kDashHeight = 0.2;
constexpr double kDashShape = 1.6;
constexpr double kDashCertainty = 0.98;
// Typed characters stand at one height on one line; hand-printed ones spread over more than this
// share of their height.
constexpr double kTypedSpread = 0.055;

Set set_at(FieldType type, std::size_t position) {
  switch (type) {
    case FieldType::capitals:
    case FieldType::text: return Set::capitals;
    case FieldType::alphanumeric:
    case FieldType::licence_plate:
    case FieldType::email: return Set::alphanumeric;
    case FieldType::iban:
      if (position < 2 || (position >= 4 && position < 8)) return Set::capitals;
      return Set::digits;
    case FieldType::postcode: return position < 4 ? Set::digits : Set::capitals;
    default: return Set::digits;
  }
}

// A flat stroke at half the cell's height.
bool is_dash(const CellInk& ink, const Rect& cell) {
  const double middle = (ink.box.y + ink.box.height / 2.0 - cell.y) / cell.height;
  return ink.box.height < kDashHeight * cell.height &&
         ink.box.width > kDashShape * ink.box.height && ink.box.width < cell.width &&
         middle > 0.3 && middle < 0.75;
}

CharacterCell read_cell(const CellInk& ink, const Rect& place, Set set,
                        const CharacterReader& reader) {
  CharacterCell cell;
  if (set == Set::alphanumeric && ink.area > 0 && is_dash(ink, place))
    return {{{"-", kDashCertainty}}, 1.0 - kDashCertainty};
  if (ink.area == 0) {
    cell.empty_probability = kNoInkIsEmpty;
    return cell;
  }
  cell = reader.read(as_picture(ink.mask, kZoneDpi), set);
  const double least = kCharacterMm * pixels_per_mm(kZoneDpi);
  if (ink.box.height < least && ink.box.width < least) {
    const double kept = 0.05 / std::max(0.05, 1.0 - cell.empty_probability);
    if (kept < 1.0)
      for (auto& candidate : cell.candidates) candidate.probability *= kept;
    cell.empty_probability = std::max(cell.empty_probability, 0.95);
  }
  return cell;
}

// A stroke as tall as its neighbours is hardly dirt: the bar of an I looks like the remains of a
// line by itself only.
void trust_height(const CellInk& ink, double usual, CharacterCell& cell) {
  if (ink.area == 0 || cell.candidates.empty()) return;
  if (ink.box.height < kLeastOfUsual * usual || ink.box.height > kMostOfUsual * usual) return;
  const double empty = cell.empty_probability;
  const double total = 1.0 - empty + kDirtOdds * empty;
  cell.empty_probability = kDirtOdds * empty / total;
  for (auto& candidate : cell.candidates) candidate.probability /= total;
}

// Whether the glyphs stand as a machine puts them: equal heights, one base line.
bool is_typed(const std::vector<CellInk>& inks) {
  std::vector<double> tops;
  std::vector<double> bottoms;
  for (const auto& ink : inks) {
    if (ink.area == 0) continue;
    tops.push_back(ink.box.y);
    bottoms.push_back(ink.box.br().y);
  }
  if (tops.size() < 3) return false;
  const auto spread = [](std::vector<double>& values) {
    std::sort(values.begin(), values.end());
    const std::size_t cut = values.size() / 8;
    return values[values.size() - 1 - cut] - values[cut];
  };
  const double height = bottoms[bottoms.size() / 2] - tops[tops.size() / 2];
  const double limit = std::max(2.5, kTypedSpread * height);
  return spread(tops) <= limit && spread(bottoms) <= limit;
}

// Whether a cell's character goes on above or below the comb, or a stamp or a fold lies over it.
// `own`: the comb's ink without what is foreign.
bool comes_from_elsewhere(const CellInk& ink, const cv::Mat& own) {
  if (ink.area == 0) return false;
  return ink.box.y == 0 || ink.box.br().y == own.rows || is_foreign(ink.mask, own(ink.box));
}

// Adds a cell to what a finding tells as its evidence.
void add_cell(std::string& evidence, std::size_t cell) {
  evidence += (evidence.empty() ? "cells=" : ",") + std::to_string(cell + 1);
}

// Doubts the letters of a comb of words above which something stands; gives their cells.
std::string doubt_accents(CombReading& comb) {
  std::string evidence;
  for (std::size_t i = 0; i < comb.inks.size(); ++i) {
    std::vector<Alternative>& letters = comb.reading.cells[i].candidates;
    if (letters.empty() || !has_accent(comb.inks[i], letters.front().text.front())) continue;
    for (Alternative& each : letters) each.probability *= kSureWithoutAccent;
    add_cell(evidence, i);
  }
  return evidence;
}

// What the line reader makes of the characters that are not sure.
void hear_line_reader(const std::vector<CellInk>& inks, FieldType type, const LineReader& reader,
                      std::vector<CharacterCell>& cells) {
  const std::vector<CharacterCell> heard = second_opinions(inks, cells, reader);
  for (std::size_t i = 0; i < cells.size(); ++i)
    cells[i] = pooled(cells[i], heard[i], set_at(type, i));
}

// Fillings that read the same (an empty cell at the left or at the right) count together.
std::vector<Alternative> merged(const std::vector<Filling>& fillings, FieldType type,
                                const std::vector<int>& groups) {
  std::vector<Alternative> texts;
  for (const auto& filling : fillings) {
    const std::string text = written(filling, type, groups);
    const auto same = std::find_if(texts.begin(), texts.end(),
                                   [&](const Alternative& a) { return a.text == text; });
    if (same != texts.end())
      same->probability += filling.probability;
    else
      texts.push_back({text, filling.probability});
  }
  std::stable_sort(texts.begin(), texts.end(), [](const Alternative& a, const Alternative& b) {
    return a.probability > b.probability;
  });
  return texts;
}

}  // namespace

CombReading read_cells(const ZonePage& page, const forms::Field& field,
                       const ZoneReaders& readers) {
  const PatchFrame frame{grown(field.box, kMarginMm), kZoneDpi};
  const AddedInk ink_on = added_to(page.original, page.registration, page.blank, frame);
  std::vector<Rect> cells;
  for (const auto& cell : field.cells) cells.push_back(frame.px(cell));
  CombReading comb;
  comb.inks = share_out(ink_on.mask, cells);
  const cv::Mat own = page.surroundings.foreign.taken_from(ink_on.mask, frame);
  comb.is_typed = is_typed(comb.inks);
  Reading& reading = comb.reading;
  check_print(ink_on.print_found, field, reading);
  const double usual = usual_height(comb.inks);
  std::string foreign;
  for (std::size_t i = 0; i < comb.inks.size(); ++i) {
    const Set set = set_at(field.type, i);
    reading.cells.push_back(read_cell(comb.inks[i], cells[i], set, readers.characters));
    if (set == Set::digits && seems_foreign(reading.cells.back())) add_cell(foreign, i);
    if (!has_check_digit(field.type) && comes_from_elsewhere(comb.inks[i], own)) {
      for (Alternative& each : reading.cells.back().candidates)
        each.probability *= kSureUnderForeignInk;
      add_cell(comb.from_elsewhere, i);
    }
    if (usual > 0.0) trust_height(comb.inks[i], usual, reading.cells.back());
  }
  hear_line_reader(comb.inks, field.type, readers.lines, reading.cells);
  if (!foreign.empty())
    reading.findings.push_back({"character_foreign", field.name, 0, Severity::doubt, foreign});
  return comb;
}

Reading concluded(CombReading comb, const forms::Field& field) {
  const std::string accents = holds_words(field.type) ? doubt_accents(comb) : "";
  Reading reading = std::move(comb.reading);
  if (field.type == FieldType::alphanumeric) settle_look_alikes(reading.cells);
  const std::vector<int> groups = groups_of(field.cells);
  const std::vector<Filling> fillings = best_fillings(reading.cells, kFillings);
  reading.raw = cell_by_cell(fillings.front());
  reading.alternatives = merged(fillings, field.type, groups);
  reading.probability = reading.alternatives.front().probability;
  const std::string& best = reading.alternatives.front().text;
  if (best.empty()) return reading;
  reading.value = best;
  reading.method = comb.is_typed ? Method::printed_text : Method::handprint;
  if (!comb.from_elsewhere.empty())
    reading.findings.push_back(
        {"ink_from_elsewhere", field.name, 0, Severity::doubt, comb.from_elsewhere});
  if (!accents.empty())
    reading.findings.push_back({"accent_seen", field.name, 0, Severity::doubt, accents});
  return reading;
}

}  // namespace postkamer::extract
