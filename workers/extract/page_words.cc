// SPDX-License-Identifier: EUPL-1.2
#include "workers/extract/page_words.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "pipeline/extract/registration_levels.h"

namespace postkamer::workers {
namespace {

// Words whose middles differ by less stand on one line, mm.
constexpr double kLineMm = 1.7;

bool continues(char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U; }

std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char byte) { return !continues(byte); }));
}

// The part of a comb that is filled: from its first to its last cell with a character, mm.
Rect filled_part(const forms::Field& field, std::string_view raw) {
  std::size_t cell = 0;
  std::size_t first = field.cells.size();
  std::size_t last = 0;
  for (std::size_t i = 0; i < raw.size() && cell < field.cells.size(); ++i) {
    if (continues(raw[i])) continue;
    if (raw[i] != ' ') {
      first = std::min(first, cell);
      last = cell;
    }
    ++cell;
  }
  return first > last ? field.box : united(field.cells[first], field.cells[last]);
}

// A comb's value as words, each over its share of the filled cells.
void add_comb(std::vector<Word>& words, const forms::Field& field, const Reading& reading,
              const Transform& to_original) {
  const auto* text = std::get_if<std::string>(&reading.value);
  if (text == nullptr || text->empty()) return;
  const Rect filled = filled_part(field, reading.raw);
  const double width = filled.width / static_cast<double>(characters(*text));
  std::string_view rest = *text;
  double at = 0.0;
  while (!rest.empty()) {
    const std::string_view word = rest.substr(0, rest.find(' '));
    const auto length = static_cast<double>(characters(word));
    if (!word.empty()) {
      const Rect box{filled.x + at * width, filled.y, length * width, filled.height};
      words.push_back({std::string(word), to_original.bounds(box), reading.probability, 0, 0});
    }
    at += length + 1.0;
    rest.remove_prefix(std::min(rest.size(), word.size() + 1));
  }
}

struct Placed {
  Word word;
  Point mm;
};

// Sorted from line to line, from left to right.
void set_in_lines(std::vector<Placed>& words) {
  std::ranges::stable_sort(words, {}, [](const Placed& placed) { return placed.mm.y; });
  int line = -1;
  double height = 0.0;
  for (auto& placed : words) {
    if (line < 0 || placed.mm.y - height > kLineMm) {
      ++line;
      height = placed.mm.y;
    }
    placed.word.line = line;
  }
  std::ranges::stable_sort(
      words, {}, [](const Placed& placed) { return std::pair(placed.word.line, placed.mm.x); });
}

}  // namespace

std::vector<Word> words_of_fields(const forms::Form& form, const std::vector<Reading>& readings,
                                  const extract::Registration& registration) {
  std::vector<Word> words;
  for (const auto& reading : readings) {
    words.insert(words.end(), reading.words.begin(), reading.words.end());
    const forms::Field* field = forms::find_field(form, reading.field);
    if (field != nullptr && !field->cells.empty() && reading.words.empty())
      add_comb(words, *field, reading, registration.mm_to_original);
  }
  return words;
}

RecognisedPage page_words(const std::vector<forms::PrintedWord>& printed, std::vector<Word> added,
                          const extract::Registration& registration, double width_px,
                          double height_px) {
  RecognisedPage page;
  page.turn = extract::turn_undoing(registration.mm_to_original);
  const auto to_mm = inverse(registration.mm_to_original);
  if (!to_mm) return page;
  std::vector<Placed> placed;
  for (const auto& word : printed)
    placed.push_back(
        {{word.text, registration.mm_to_original.bounds(word.box), 1.0, 0, 0}, word.box.centre()});
  for (auto& word : added) {
    const Point at = to_mm->apply(word.box.centre());
    placed.push_back({std::move(word), at});
  }
  const Rect picture{0.0, 0.0, width_px, height_px};
  std::erase_if(placed,
                [&](const Placed& each) { return !picture.contains(each.word.box.centre()); });
  set_in_lines(placed);
  for (auto& each : placed) page.words.push_back(std::move(each.word));
  return page;
}

}  // namespace postkamer::workers
