// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/extract/lattice.h"

#include <algorithm>

namespace postkamer::extract {
namespace {

using forms::FieldType;

// A gap wider than this share of a cell starts a new group.
constexpr double kGroupGap = 0.25;
// Candidates below this cannot matter to any filling worth keeping.
constexpr double kLeastProbability = 1e-4;

struct Choice {
  std::string text;
  double probability = 0.0;
};

std::vector<Choice> choices_of(const CharacterCell& cell) {
  std::vector<Choice> choices;
  choices.push_back({"", cell.empty_probability});
  for (const auto& candidate : cell.candidates)
    if (candidate.probability >= kLeastProbability)
      choices.push_back({candidate.text, candidate.probability});
  std::stable_sort(choices.begin(), choices.end(),
                   [](const Choice& a, const Choice& b) { return a.probability > b.probability; });
  return choices;
}

bool is_words(FieldType type) { return type == FieldType::capitals || type == FieldType::text; }

// Dates and times are split by their customary lengths when the comb shows no gaps.
std::vector<int> customary_groups(FieldType type, std::vector<int> groups) {
  if (groups.empty() || groups.back() > 0) return groups;
  if (type == FieldType::date && groups.size() == 8)
    for (std::size_t i = 0; i < 8; ++i) groups[i] = i < 2 ? 0 : (i < 4 ? 1 : 2);
  if (type == FieldType::time && groups.size() == 4)
    for (std::size_t i = 0; i < 4; ++i) groups[i] = i < 2 ? 0 : 1;
  return groups;
}

// Cents stand in the last group when it has two cells and something stands before it.
std::string joined(const std::vector<std::string>& parts, FieldType type, bool has_cents) {
  std::string text;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const bool is_last = i + 1 == parts.size();
    if (i > 0) {
      if (type == FieldType::date) text += '-';
      if (type == FieldType::time) text += ':';
      if (type == FieldType::amount && is_last && has_cents && !parts[i].empty()) text += ',';
      if (is_words(type) && !text.empty() && !parts[i].empty()) text += ' ';
    }
    text += parts[i];
  }
  return text;
}

}  // namespace

std::vector<Filling> best_fillings(const std::vector<CharacterCell>& cells, std::size_t count) {
  std::vector<Filling> best{Filling{}};
  for (const auto& cell : cells) {
    std::vector<Filling> grown;
    for (const auto& filling : best) {
      for (const auto& choice : choices_of(cell)) {
        Filling next = filling;
        next.cells.push_back(choice.text);
        next.probability *= choice.probability;
        grown.push_back(std::move(next));
      }
    }
    std::stable_sort(grown.begin(), grown.end(), [](const Filling& a, const Filling& b) {
      return a.probability > b.probability;
    });
    if (grown.size() > count) grown.resize(std::max<std::size_t>(count, 1));
    best = std::move(grown);
  }
  return best;
}

std::vector<int> groups_of(const std::vector<Rect>& cells) {
  std::vector<int> groups;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (i == 0) {
      groups.push_back(0);
      continue;
    }
    const double gap = cells[i].x - cells[i - 1].right();
    groups.push_back(groups.back() + (gap > kGroupGap * cells[i].width ? 1 : 0));
  }
  return groups;
}

std::string written(const Filling& filling, FieldType type, const std::vector<int>& groups) {
  const std::vector<int> group_of = customary_groups(type, groups);
  std::vector<std::string> parts(1);
  std::vector<int> sizes(1, 0);
  bool any = false;
  bool is_gap = false;
  for (std::size_t i = 0; i < filling.cells.size(); ++i) {
    if (i > 0 && group_of[i] != group_of[i - 1]) {
      parts.emplace_back();
      sizes.push_back(0);
      is_gap = false;
    }
    ++sizes.back();
    const std::string& text = filling.cells[i];
    is_gap = is_gap || (text.empty() && !parts.back().empty());
    if (text.empty()) continue;
    if (is_gap && is_words(type)) parts.back() += ' ';
    is_gap = false;
    any = true;
    parts.back() += text;
  }
  return any ? joined(parts, type, sizes.size() > 1 && sizes.back() == 2) : std::string();
}

std::string cell_by_cell(const Filling& filling) {
  std::string text;
  for (const auto& cell : filling.cells) text += cell.empty() ? " " : cell;
  while (!text.empty() && text.back() == ' ') text.pop_back();
  return text;
}

}  // namespace postkamer::extract
