// SPDX-License-Identifier: EUPL-1.2
//
// bench_combs STEM...: what the character reader and the line reader make of each comb of the pages
// that comb_pages.py wrote, for second_opinion.py. One JSON array a comb: of each inked cell its
// label, and what either reader claims ("" = no character).
#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>
#include <opencv2/core.hpp>

#include "classifiers/handprint/handprint_reader.h"
#include "classifiers/lines/line_reader.h"
#include "pipeline/extract/added_ink.h"
#include "pipeline/extract/second_opinion.h"
#include "tests/bench/comb_page.h"
#include "tests/bench/glyph_sets.h"

using namespace postkamer;
using Set = extract::CharacterReader::Set;

namespace {

constexpr int kFirstCapital = 10;

// What a form would allow in a comb with these characters.
Set set_of(const bench::Comb& comb) {
  const bool has_digits = std::ranges::any_of(
      comb.labels, [](int label) { return label >= 0 && label < kFirstCapital; });
  const bool has_capitals =
      std::ranges::any_of(comb.labels, [](int label) { return label >= kFirstCapital; });
  if (has_digits && has_capitals) return Set::alphanumeric;
  return has_digits ? Set::digits : Set::capitals;
}

nlohmann::json claims_of(const CharacterCell& cell) {
  nlohmann::json claims{{"", cell.empty_probability}};
  for (const Alternative& each : cell.candidates) claims[each.text] = each.probability;
  return claims;
}

void print(const bench::CombPage& page, const bench::Comb& comb,
           const extract::CharacterReader& characters, const extract::LineReader& lines) {
  const auto inks = bench::inks_of(page, comb);
  std::vector<CharacterCell> cells;
  for (const auto& ink : inks)
    cells.push_back(
        ink.area == 0
            ? CharacterCell{}
            : characters.read(extract::as_picture(ink.mask, extract::kZoneDpi), set_of(comb)));
  if (!extract::wants_second_opinion(cells)) return;
  const auto heard = extract::second_opinions(inks, cells, lines);
  nlohmann::json out = nlohmann::json::array();
  for (std::size_t i = 0; i < heard.size(); ++i)
    if (inks[i].area > 0 && comb.labels[i] >= 0)
      out.push_back({{"set", static_cast<int>(set_of(comb))},
                     {"label", comb.labels[i]},
                     {"first", claims_of(cells[i])},
                     {"second", claims_of(heard[i])}});
  std::printf("%s\n", out.dump().c_str());
}

}  // namespace

int main(int argc, char** argv) {
  cv::setNumThreads(1);
  const std::string models = std::string(POSTKAMER_SOURCE_DIR) + "/classifiers/";
  const std::string handprint_onnx = bench::read_file(models + "handprint/model.onnx");
  const std::string lines_onnx = bench::read_file(models + "lines/model.onnx");
  const std::string letters = bench::read_file(models + "lines/letters.bin");
  const auto characters = handprint::HandprintReader::create(
      bytes_of(handprint_onnx), bench::read_file(models + "handprint/model.json"));
  const auto lines = lines::NetworkLineReader::create(
      bytes_of(lines_onnx), bench::read_file(models + "lines/model.json"), bytes_of(letters));
  if (!characters || !lines) {
    std::fprintf(stderr, "bench_combs: %s\n",
                 (!characters ? characters.error() : lines.error()).message.c_str());
    return 1;
  }
  for (int i = 1; i < argc; ++i) {
    bench::CombPage page;
    if (!bench::load_comb_page(argv[i], page)) {
      std::fprintf(stderr, "bench_combs: %s: no page, blank and combs that can be read\n", argv[i]);
      return 1;
    }
    for (const auto& comb : page.combs) print(page, comb, **characters, **lines);
  }
  return 0;
}
