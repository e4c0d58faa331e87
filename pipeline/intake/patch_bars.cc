// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/intake/patch_bars.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <string>

#include <opencv2/core.hpp>

namespace postkamer::intake {
namespace {

constexpr double kWholeMm = 20.3;  // four bars and three spaces
constexpr double kWholeTolerance = 0.20;
constexpr double kUnits = 10.0;  // narrow = 1, wide = 2.5
constexpr double kWideUnits = 2.5;
constexpr double kUnitTolerance = 0.55;
constexpr double kStepMm = 1.0;          // between scan lines
constexpr double kLeastLengthMm = 12.0;  // bars are 19 mm and longer
constexpr double kLargestDrift = 0.09;   // tangent of 5 degrees
constexpr int kElements = 7;

struct Pattern {
  std::string_view bars;  // from the page edge inwards
  std::string_view name;
};
constexpr std::array kPatterns{Pattern{"WWNN", "1"}, Pattern{"WNNW", "2"}, Pattern{"WNWN", "3"},
                               Pattern{"NWWN", "4"}, Pattern{"NNWW", "6"}, Pattern{"NWNW", "T"}};

// Alternating runs along one scan line; the first is paper (maybe of length 0).
std::vector<int> runs_of(const std::uint8_t* line, int length, std::size_t stride) {
  std::vector<int> runs;
  std::uint8_t current = 0;
  int start = 0;
  for (int i = 0; i < length; ++i) {
    const std::uint8_t value = line[static_cast<std::size_t>(i) * stride];
    if (value == current) continue;
    runs.push_back(i - start);
    start = i;
    current = value;
  }
  runs.push_back(length - start);
  return runs;
}

// The four letters of seven runs that begin with a bar; nothing when they are no patch.
std::optional<std::string> bars_of(const int* runs, double unit) {
  std::string bars;
  for (int i = 0; i < kElements; ++i) {
    const double units = runs[i] / unit;
    const bool is_wide = i % 2 == 0 && units > (1.0 + kWideUnits) / 2;
    if (std::abs(units - (is_wide ? kWideUnits : 1.0)) > kUnitTolerance) return std::nullopt;
    if (i % 2 == 0) bars += is_wide ? 'W' : 'N';
  }
  return bars;
}

// A patch as one scan line sees it.
struct Sight {
  std::string bars;
  int line = 0;
  int from = 0;
  int to = 0;
};

void look_along(const std::vector<int>& runs, int line, double whole_px,
                std::vector<Sight>& sights) {
  int position = 0;
  for (std::size_t i = 0; i + kElements < runs.size(); ++i) {
    position += runs[i];
    if (i % 2 != 0) continue;  // runs[i] is the paper before the first bar
    int whole = 0;
    for (std::size_t k = 1; k <= kElements; ++k) whole += runs[i + k];
    if (std::abs(whole / whole_px - 1.0) > kWholeTolerance) continue;
    const double unit = whole / kUnits;
    const int after = i + kElements + 1 < runs.size() ? runs[i + kElements + 1] : 0;
    if (runs[i] < 0.8 * unit || after < 0.8 * unit) continue;
    if (const auto bars = bars_of(&runs[i + 1], unit))
      sights.push_back({*bars, line, position, position + whole});
  }
}

// Sights of one patch on neighbouring lines.
struct Chain {
  Sight first;
  Sight last;
  int count = 1;
};

bool continues(const Chain& chain, const Sight& sight, int step) {
  const int gap = sight.line - chain.last.line;
  const double drift = kLargestDrift * gap + 2.5;
  return gap > 0 && gap <= 3 * step && sight.bars == chain.last.bars &&
         std::abs(sight.from - chain.last.from) <= drift &&
         std::abs(sight.to - chain.last.to) <= drift;
}

std::vector<Chain> chained(const std::vector<Sight>& sights, int step) {
  std::vector<Chain> chains;
  for (const Sight& sight : sights) {
    const auto found = std::find_if(chains.begin(), chains.end(), [&](const Chain& chain) {
      return continues(chain, sight, step);
    });
    if (found == chains.end()) {
      chains.push_back({sight, sight, 1});
    } else {
      found->last = sight;
      ++found->count;
    }
  }
  return chains;
}

enum class Direction {
  along_rows,
  along_columns
};

std::optional<Code> code_of(const Chain& chain, const InkMap& map, Direction direction, int step) {
  const int length = chain.last.line - chain.first.line + step;
  // Four of five lines must agree: a chance row of strokes agrees on a few.
  if (length < map.px(kLeastLengthMm) || chain.count * step < 0.8 * length) return std::nullopt;
  const int extent = direction == Direction::along_rows ? map.ink.cols : map.ink.rows;
  const int from = std::min(chain.first.from, chain.last.from);
  const int to = std::max(chain.first.to, chain.last.to);
  const bool is_from_far_edge = from + to > extent;
  std::string bars = chain.first.bars;
  if (is_from_far_edge) std::reverse(bars.begin(), bars.end());
  const auto* pattern = std::find_if(kPatterns.begin(), kPatterns.end(),
                                     [&bars](const Pattern& p) { return p.bars == bars; });
  if (pattern == kPatterns.end()) return std::nullopt;
  Code code;
  code.symbology = "patch";
  code.text = std::string{pattern->name};
  const Rect along{double(from), double(chain.first.line), double(to - from), double(length)};
  const Rect box = direction == Direction::along_rows
                       ? along
                       : Rect{along.y, along.x, along.height, along.width};
  code.box = {box.x * map.scale, box.y * map.scale, box.width * map.scale, box.height * map.scale};
  // Bars that are read downwards stand upright: the sheet was fed with this edge first.
  const double upright = direction == Direction::along_columns ? 0.0 : 270.0;
  code.orientation = Degrees{std::fmod(upright + (is_from_far_edge ? 180.0 : 0.0), 360.0)};
  return code;
}

void find_along(const InkMap& map, Direction direction, std::vector<Code>& codes) {
  const bool is_rows = direction == Direction::along_rows;
  const int lines = is_rows ? map.ink.rows : map.ink.cols;
  const int length = is_rows ? map.ink.cols : map.ink.rows;
  const std::size_t stride = is_rows ? 1 : map.ink.step[0];
  const int step = std::max(1, static_cast<int>(map.px(kStepMm)));
  std::vector<Sight> sights;
  for (int line = 0; line < lines; line += step) {
    const std::uint8_t* start =
        is_rows ? map.ink.ptr<std::uint8_t>(line) : map.ink.ptr<std::uint8_t>(0) + line;
    look_along(runs_of(start, length, stride), line, map.px(kWholeMm), sights);
  }
  for (const Chain& chain : chained(sights, step))
    if (auto code = code_of(chain, map, direction, step)) codes.push_back(std::move(*code));
}

}  // namespace

std::vector<Code> find_patch_bars(const InkMap& map) {
  std::vector<Code> codes;
  find_along(map, Direction::along_columns, codes);
  find_along(map, Direction::along_rows, codes);
  return codes;
}

}  // namespace postkamer::intake
