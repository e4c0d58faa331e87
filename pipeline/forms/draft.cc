// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/forms/draft.h"

#include <algorithm>
#include <cmath>

#include "pipeline/forms/comb.h"
#include "pipeline/forms/draft_labels.h"
#include "pipeline/forms/draft_marks.h"

namespace postkamer::forms {
namespace {

// Sizes in mm, tuned as in draft_marks.cc.
constexpr double kSameRow = 0.6;
constexpr double kSameSize = 0.5;
constexpr double kGapInComb = 1.0;    // of a cell's width, between groups
constexpr double kGapInGroup = 0.28;  // of a cell's width, between cells
constexpr double kLargestTick = 6.5;
constexpr double kLargestCell = 12.0;
constexpr double kLoneCell = 4.0;       // least width of a comb of one cell; the eye of a large
                                        // letter is smaller
constexpr double kRowPitch = 7.2;       // between stacked tick boxes of one choice
constexpr double kBetweenTicks = 85.0;  // in one row of a choice
constexpr std::size_t kLongLabel = 40;  // bytes
constexpr double kSnap = 0.35;          // regular combs are written as such

using Cells = std::vector<Rect>;

Rect one_decimal(const Rect& r) {
  const auto round = [](double v) { return std::round(v * 10) / 10; };
  return {round(r.x), round(r.y), round(r.width), round(r.height)};
}

Rect around(const Cells& boxes) {
  Rect all = boxes.front();
  for (const Rect& box : boxes) all = united(all, box);
  return all;
}

bool is_before(const Rect& a, const Rect& b) {
  const bool is_same_row = std::abs(a.centre().y - b.centre().y) < 2.0;
  return is_same_row ? a.x < b.x : a.centre().y < b.centre().y;
}

bool is_square(const Rect& box) {
  return box.width <= kLargestTick && box.height <= kLargestTick &&
         std::abs(box.width - box.height) < 0.13 * std::max(box.width, box.height);
}

bool is_cell_size(const Rect& box) {
  return box.width >= 2.6 && box.width <= kLargestCell && box.height >= 3.4 &&
         box.height <= kLargestCell;
}

bool goes_on(const Rect& last, const Rect& next) {
  return std::abs(last.y - next.y) < kSameRow && std::abs(last.height - next.height) < kSameSize &&
         std::abs(last.width - next.width) < kSameSize &&
         next.x - last.right() < kGapInComb * last.width && next.x > last.centre().x;
}

// Groups of one comb stand at equal distances; a wider one parts two combs.
std::vector<Cells> parted(const Cells& chain) {
  double narrowest = 1e9;
  const auto gap = [&](std::size_t i) { return chain[i].x - chain[i - 1].right(); };
  for (std::size_t i = 1; i < chain.size(); ++i)
    if (gap(i) > kGapInGroup * chain[i].width) narrowest = std::min(narrowest, gap(i));
  std::vector<Cells> parts(1);
  for (std::size_t i = 0; i < chain.size(); ++i) {
    if (i > 0 && gap(i) > 1.35 * narrowest) parts.emplace_back();
    parts.back().push_back(chain[i]);
  }
  return parts;
}

// Cells in reading order, taken to the combs that they continue.
std::vector<Cells> chains_of(Cells cells) {
  std::sort(cells.begin(), cells.end(), [](const Rect& a, const Rect& b) { return a.x < b.x; });
  std::vector<Cells> chains;
  for (const Rect& cell : cells) {
    const auto chain = std::find_if(chains.begin(), chains.end(),
                                    [&](const Cells& c) { return goes_on(c.back(), cell); });
    if (chain == chains.end())
      chains.push_back({cell});
    else
      chain->push_back(cell);
  }
  std::vector<Cells> combs;
  for (const Cells& chain : chains)
    for (Cells& comb : parted(chain)) combs.push_back(std::move(comb));
  return combs;
}

struct Parts {
  std::vector<Cells> combs;
  Cells ticks;
  Cells areas;                              // large closed boxes
  std::vector<std::pair<Rect, int>> lined;  // box and number of ruled lines
};

void sort_boxes(const std::vector<EmptyBox>& boxes, Parts& parts) {
  Cells cells;
  const auto is_in_table = [&](const Rect& cell) {
    return std::any_of(boxes.begin(), boxes.end(),
                       [&](const EmptyBox& b) { return b.box == cell && b.in_table; });
  };
  for (const auto& [box, in_table] : boxes) {
    if (is_cell_size(box))
      cells.push_back(box);
    else if (is_square(box) && !in_table)
      parts.ticks.push_back(box);
    else if (box.width >= 12.0 && box.height >= 4.0)
      parts.areas.push_back(box);
  }
  for (Cells& chain : chains_of(std::move(cells))) {
    const bool are_ticks =
        is_square(chain.front()) && (chain.size() == 1 || chain[1].x - chain[0].right() > 1.2);
    if (chain.size() == 1 &&
        (is_in_table(chain.front()) || chain.front().width < kLoneCell * (are_ticks ? 0.6 : 1.0)))
      continue;
    if (are_ticks)
      parts.ticks.insert(parts.ticks.end(), chain.begin(), chain.end());
    else
      parts.combs.push_back(std::move(chain));
  }
}

void join_open_combs(const std::vector<Cells>& groups, Parts& parts) {
  Cells cells;
  for (const Cells& group : groups) cells.insert(cells.end(), group.begin(), group.end());
  for (Cells& chain : chains_of(std::move(cells))) {
    if (chain.size() == 1 && is_square(chain.front()))
      parts.ticks.push_back(chain.front());
    else if (chain.size() > 1 || chain.front().width >= kLoneCell)
      parts.combs.push_back(std::move(chain));
  }
}

// Lines of equal length under each other are one text box.
void stack_rules(Cells rules, Parts& parts) {
  std::sort(rules.begin(), rules.end(), [](const Rect& a, const Rect& b) { return a.y < b.y; });
  for (const Rect& rule : rules) {
    const auto above = std::find_if(parts.lined.rbegin(), parts.lined.rend(), [&](const auto& box) {
      const double pitch = rule.bottom() - box.first.bottom();
      // A label fits between the lines of two fields, not between those of one.
      return std::abs(box.first.x - rule.x) < 1.5 &&
             std::abs(box.first.right() - rule.right()) < 1.5 && pitch > 4.5 && pitch < 10.5 &&
             rule.height > pitch - 0.9 - (pitch > 7.5 ? pitch - 7.5 : 0);
    });
    if (above == parts.lined.rend()) {
      parts.lined.emplace_back(rule, 1);
      continue;
    }
    const double pitch = rule.bottom() - above->first.bottom();
    if (above->second == 1) {
      above->first.y = above->first.bottom() - pitch;
      above->first.height = pitch;
    }
    above->first.height = rule.bottom() - above->first.y;
    ++above->second;
  }
}

std::vector<int> groups_of(const Cells& cells) {
  std::vector<int> groups{1};
  for (std::size_t i = 1; i < cells.size(); ++i) {
    if (cells[i].x - cells[i - 1].right() > kGapInGroup * cells[i].width)
      groups.push_back(1);
    else
      ++groups.back();
  }
  return groups;
}

class Drafter {
 public:
  Drafter(Parts parts, std::vector<PrintedWord> words, int number)
      : parts_(std::move(parts)), labels_(std::move(words)), number_(number) {
    for (const Cells& comb : parts_.combs) taken_.push_back(around(comb));
    for (const auto& [box, unused] : parts_.lined) taken_.push_back(box);
    taken_.insert(taken_.end(), parts_.areas.begin(), parts_.areas.end());
    taken_.insert(taken_.end(), parts_.ticks.begin(), parts_.ticks.end());
  }

  std::vector<Field> run() {
    for (const Cells& comb : parts_.combs) add_comb(comb);
    for (const auto& [box, lines] : parts_.lined) add_text(box, lines);
    for (const Rect& area : parts_.areas) add_area(area);
    for (const auto& group : tick_groups()) {
      if (!are_separate(group)) {
        add_ticks(group);
        continue;
      }
      for (const Rect& tick : group) add_ticks({tick});
    }
    std::sort(fields_.begin(), fields_.end(),
              [](const Field& a, const Field& b) { return is_before(a.box, b.box); });
    std::set<std::string> names;
    for (Field& field : fields_) field.name = name_from(field.label.nl, names);
    return std::move(fields_);
  }

 private:
  Field started(const Rect& box) const {
    Field field;
    field.page = number_;
    field.box = one_decimal(box);
    std::vector<Rect> others = taken_;
    std::erase_if(others, [&](const Rect& other) { return intersection(other, box).area() > 0.5; });
    const Label label = labels_.of(box, others);
    field.label.nl = label.text;
    if (!label.text.empty()) field.label_box = one_decimal(label.box);
    return field;
  }

  void add_comb(const Cells& cells) {
    Field field = started(around(cells));
    field.type = labels_.has_currency(field.box) ? FieldType::amount
                                                 : type_from(field.label.nl, groups_of(cells));
    const auto regular = comb_of(field.box, cells, kSnap);
    field.cells = regular ? comb_cells(field.box, *regular) : cells;
    if (!regular)
      for (Rect& cell : field.cells) cell = one_decimal(intersection(cell, field.box));
    fields_.push_back(std::move(field));
  }

  void add_text(const Rect& box, int lines) {
    Field field = started(box);
    field.type = type_from(field.label.nl, {});
    if (field.type == FieldType::signature && lines > 1) field.type = FieldType::text;
    field.lines = field.type == FieldType::text ? lines : 1;
    fields_.push_back(std::move(field));
  }

  void add_area(const Rect& box) {
    Field field = started(box);
    const bool is_tall = box.height >= 12.0;
    field.type = type_from(field.label.nl, {});
    if (field.type == FieldType::text && is_tall)
      field.lines = std::max(1, static_cast<int>(box.height / 8.0));
    fields_.push_back(std::move(field));
  }

  [[nodiscard]] bool has_field_between(const Rect& left, const Rect& right) const {
    return std::any_of(taken_.begin(), taken_.end(), [&](const Rect& other) {
      return !is_square(other) && other.x > left.x && other.right() < right.right() &&
             std::abs(other.centre().y - left.centre().y) < 4.0;
    });
  }

  static double first_pitch(const Cells& group) {
    for (const Rect& tick : group)
      if (tick.y - group.front().y > 1) return tick.y - group.front().y;
    return 0;
  }

  // Tick boxes of one row, then rows that start under each other.
  [[nodiscard]] std::vector<Cells> tick_groups() const {
    Cells ticks = parts_.ticks;
    std::sort(ticks.begin(), ticks.end(), is_before);
    std::vector<Cells> rows;
    for (const Rect& tick : ticks) {
      const bool is_next = !rows.empty() &&
                           std::abs(rows.back().back().centre().y - tick.centre().y) < 1.2 &&
                           tick.x - rows.back().back().x < kBetweenTicks &&
                           !has_field_between(rows.back().back(), tick);
      if (is_next)
        rows.back().push_back(tick);
      else
        rows.push_back({tick});
    }
    std::vector<Cells> groups;
    for (const Cells& row : rows) {
      const auto above = std::find_if(groups.begin(), groups.end(), [&](const Cells& group) {
        const double pitch = row.front().y - group.back().y;
        const double first = first_pitch(group);
        return std::abs(group.front().x - row.front().x) < 0.7 && pitch > 1 && pitch < kRowPitch &&
               (first == 0 || std::abs(pitch - first) < 0.6);
      });
      if (above == groups.end())
        groups.push_back(row);
      else
        above->insert(above->end(), row.begin(), row.end());
    }
    return groups;
  }

  Label option_label(const Rect& tick) const {
    double limit = 1e9;
    for (const Rect& other : taken_)
      if (other.x > tick.right() && std::abs(other.centre().y - tick.centre().y) < 3.0)
        limit = std::min(limit, other.x);
    return labels_.right_of(tick, limit);
  }

  // Boxes with whole sentences and no question over them stand each for itself.
  [[nodiscard]] bool are_separate(const Cells& ticks) const {
    const bool is_column = std::all_of(ticks.begin(), ticks.end(), [&](const Rect& tick) {
      return std::abs(tick.x - ticks.front().x) < 1.0;
    });
    return is_column && started(around(ticks)).label.nl.empty() &&
           std::any_of(ticks.begin(), ticks.end(), [&](const Rect& tick) {
             return option_label(tick).text.size() > kLongLabel;
           });
  }

  void add_ticks(const Cells& ticks) {
    std::vector<Option> options;
    Rect all = around(ticks);
    std::set<std::string> values;
    for (const Rect& tick : ticks) {
      const Label label = option_label(tick);
      if (!label.text.empty()) all = united(all, label.box);
      options.push_back({name_from(label.text, values), {label.text, ""}, one_decimal(tick)});
    }
    Field field = started(all);
    if (ticks.size() == 1) {
      field.type = FieldType::checkbox;
      field.box = one_decimal(ticks.front());
      field.label = options.front().label;
      field.label_box = {};
    } else {
      field.type = FieldType::choice;
      field.options = std::move(options);
      field.box = one_decimal(grown(all, 0.1));
    }
    fields_.push_back(std::move(field));
  }

  Parts parts_;
  Labels labels_;
  int number_;
  std::vector<Rect> taken_;
  std::vector<Field> fields_;
};

}  // namespace

std::vector<Field> draft_fields(const GrayImage& page, const std::vector<Word>& words, int number) {
  const LineWork found = find_line_work(page);
  Parts parts;
  sort_boxes(found.boxes, parts);
  join_open_combs(found.combs, parts);
  stack_rules(found.rules, parts);
  const double scale = pixels_per_mm(page.dpi);
  std::vector<PrintedWord> printed;
  for (const Word& word : words)
    printed.push_back({word.text,
                       {word.box.x / scale, word.box.y / scale, word.box.width / scale,
                        word.box.height / scale}});
  return Drafter(std::move(parts), std::move(printed), number).run();
}

}  // namespace postkamer::forms
