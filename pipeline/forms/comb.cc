// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/forms/comb.h"

#include <algorithm>
#include <cmath>

namespace postkamer::forms {
namespace {

constexpr double kLeastGap = 0.3;  // mm: less is the line between two cells

double one_decimal(double mm) { return std::round(mm * 10) / 10; }

bool is_same(const Rect& a, const Rect& b, double tolerance) {
  return std::abs(a.x - b.x) < tolerance && std::abs(a.y - b.y) < tolerance &&
         std::abs(a.right() - b.right()) < tolerance &&
         std::abs(a.bottom() - b.bottom()) < tolerance;
}

}  // namespace

std::vector<Rect> comb_cells(const Rect& box, const Comb& comb) {
  const auto groups = comb.groups.empty() ? std::vector<int>{comb.cells} : comb.groups;
  const double gaps = comb.gap * static_cast<double>(groups.size() - 1);
  const double width = (box.width - gaps) / comb.cells;
  std::vector<Rect> cells;
  double x = box.x;
  for (const int group : groups) {
    for (int i = 0; i < group; ++i) cells.push_back({x + width * i, box.y, width, box.height});
    x += width * group + comb.gap;
  }
  return cells;
}

std::optional<Comb> comb_of(const Rect& box, const std::vector<Rect>& cells, double tolerance) {
  if (cells.empty()) return std::nullopt;
  Comb comb{static_cast<int>(cells.size()), {}, kDefaultGap};
  int group = 1;
  double gap = 0;
  for (std::size_t i = 1; i < cells.size(); ++i) {
    const double between = cells[i].x - cells[i - 1].right();
    if (between > kLeastGap) {
      comb.groups.push_back(group);
      group = 0;
      gap = std::max(gap, between);
    }
    ++group;
  }
  if (!comb.groups.empty()) {
    comb.groups.push_back(group);
    comb.gap = one_decimal(gap);
  }
  const auto again = comb_cells(box, comb);
  if (!std::equal(again.begin(), again.end(), cells.begin(), cells.end(),
                  [&](const Rect& a, const Rect& b) { return is_same(a, b, tolerance); }))
    return std::nullopt;
  return comb;
}

}  // namespace postkamer::forms
