// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/forms/meaning.h"

#include <algorithm>
#include <cmath>
#include <map>

#include <fmt/format.h>
#include <re2/re2.h>

#include "pipeline/forms/code_picture.h"

namespace postkamer::forms {
namespace {

constexpr double kTolerance = 0.06;  // mm: what rounding to one decimal may do
constexpr double kSmallest = 1.5;    // mm: no box for a pen is smaller
constexpr double kMaxOverlap = 1.0;  // mm2 that two fields may share at their edges

std::string in_words(const Rect& r) {
  return fmt::format("[{:.1f}, {:.1f}, {:.1f}, {:.1f}]", r.x, r.y, r.width, r.height);
}

bool is_finite(const Rect& r) {
  return std::isfinite(r.x) && std::isfinite(r.y) && std::isfinite(r.width) &&
         std::isfinite(r.height);
}

bool is_inside(const Rect& inner, const Rect& outer) {
  const Rect room = grown(outer, kTolerance);
  return inner.x >= room.x && inner.y >= room.y && inner.right() <= room.right() &&
         inner.bottom() <= room.bottom();
}

// True when the box is fit to go on with.
bool check_box(const Rect& box, const FormPage& page, const std::string& pointer,
               Complaints& complaints) {
  if (!is_finite(box) || box.width < 0 || box.height < 0) {
    complaints.at(pointer, "box needs a width and a height of 0 or more, has " + in_words(box));
    return false;
  }
  if (is_inside(box, {0, 0, page.width, page.height})) return true;
  complaints.at(pointer, fmt::format("box {} is not on page {}, which is {:g} by {:g} mm",
                                     in_words(box), page.number, page.width, page.height));
  return false;
}

bool is_choice(FieldType type) { return type == FieldType::choice || type == FieldType::choices; }

bool takes_cells(FieldType type) {
  return !is_choice(type) && type != FieldType::checkbox && type != FieldType::signature &&
         type != FieldType::barcode;
}

// How many cells a comb of this type has; 0, 0: any number.
std::pair<std::size_t, std::size_t> cell_range(FieldType type) {
  switch (type) {
    case FieldType::bsn:
    case FieldType::rsin: return {9, 9};
    case FieldType::kvk: return {8, 8};
    case FieldType::postcode:
    case FieldType::licence_plate: return {6, 6};
    case FieldType::date: return {6, 8};
    case FieldType::time: return {4, 4};
    case FieldType::iban: return {18, 34};
    case FieldType::phone: return {10, 15};
    default: return {0, 0};
  }
}

const FormPage* page_of(const Form& form, int number) {
  if (number < 1 || number > std::ssize(form.pages)) return nullptr;
  return &form.pages[static_cast<std::size_t>(number - 1)];
}

class FieldCheck {
 public:
  FieldCheck(const Form& form, std::size_t index, Complaints& complaints)
      : form_(form), field_(form.fields[index]), index_(index), complaints_(complaints) {}

  // True when the field's box can be compared with others.
  bool run() {
    const FormPage* page = page_of(form_, field_.page);
    if (page == nullptr) {
      complaints_.at(here("page"),
                     fmt::format("page {} of field \"{}\" does not exist: the form has "
                                 "{} page{}",
                                 field_.page, field_.name, form_.pages.size(),
                                 form_.pages.size() == 1 ? "" : "s"));
      return false;
    }
    if (field_.required && field_.office)
      complaints_.at(
          here("required"),
          "field \"" + field_.name + "\" is for the office: it cannot be required of the citizen");
    check_cells();
    check_options(*page);
    check_text_keys();
    if (!check_box(field_.box, *page, here("box"), complaints_)) return false;
    if (complaints_.has(here("label_box")))
      check_box(field_.label_box, *page, here("label_box"), complaints_);
    if (field_.box.width >= kSmallest && field_.box.height >= kSmallest) return true;
    complaints_.at(
        here("box"),
        fmt::format("box of field \"{}\" needs at least {:g} by {:g} mm, has "
                    "{:g} by {:g}",
                    field_.name, kSmallest, kSmallest, field_.box.width, field_.box.height));
    return false;
  }

 private:
  [[nodiscard]] std::string here(std::string_view key) const { return part("fields", index_, key); }

  void check_cells() {
    const bool is_listed = complaints_.has(here("cells_mm"));
    if (is_listed && complaints_.has(here("cells")))
      complaints_.at(here("cells_mm"),
                     "field \"" + field_.name + "\" has both cells and cells_mm: keep one of them");
    if (!complaints_.has(here("cells")))
      for (const char* key : {"groups", "gap"})
        if (complaints_.has(here(key)))
          complaints_.at(here(key), std::string(key) + " goes with cells, which field \"" +
                                        field_.name + "\" does not have");
    if (!check_groups() || field_.cells.empty()) return;
    const std::string at = here(is_listed ? "cells_mm" : "cells");
    if (!takes_cells(field_.type)) {
      complaints_.at(at, fmt::format("a {} has no cells; leave them out of field \"{}\"",
                                     name_of(field_.type), field_.name));
      return;
    }
    check_cell_count(at);
    check_cell_places(at);
  }

  bool check_groups() {
    const std::string at = here("groups");
    if (!complaints_.has(at) || !complaints_.has(here("cells"))) return true;
    const auto& json = complaints_.definition().value.at(nlohmann::json::json_pointer(at));
    std::int64_t sum = 0;
    for (const auto& group : json) sum += group.get<std::int64_t>();
    const auto cells = complaints_.definition()
                           .value.at(nlohmann::json::json_pointer(here("cells")))
                           .get<std::int64_t>();
    if (sum == cells) return true;
    complaints_.at(at, fmt::format("groups of field \"{}\" need to add up to its {} cells, have {}",
                                   field_.name, cells, sum));
    return false;
  }

  void check_cell_count(const std::string& at) {
    const auto [least, most] = cell_range(field_.type);
    const std::size_t count = field_.cells.size();
    if (least == 0 || (count >= least && count <= most)) return;
    const std::string wanted =
        least == most ? fmt::format("{}", least) : fmt::format("{} to {}", least, most);
    complaints_.at(at, fmt::format("a comb of type {} needs {} cells, field \"{}\" has {}",
                                   name_of(field_.type), wanted, field_.name, count));
  }

  void check_cell_places(const std::string& at) {
    for (std::size_t i = 0; i < field_.cells.size(); ++i) {
      const Rect& cell = field_.cells[i];
      if (!is_finite(cell) || cell.width < kSmallest || cell.height < kSmallest) {
        complaints_.at(
            at, fmt::format("cell {} of field \"{}\" needs at least {:g} by {:g} mm, has "
                            "{:.1f} by {:.1f}",
                            i + 1, field_.name, kSmallest, kSmallest, cell.width, cell.height));
        return;
      }
      if (!is_inside(cell, field_.box)) {
        complaints_.at(at, fmt::format("cell {} of field \"{}\" is not inside its box: {} in {}",
                                       i + 1, field_.name, in_words(cell), in_words(field_.box)));
        return;
      }
      if (i > 0 && cell.x < field_.cells[i - 1].right() - 2 * kTolerance) {
        complaints_.at(at,
                       fmt::format("cells {} and {} of field \"{}\" overlap: cells go from left "
                                   "to right",
                                   i, i + 1, field_.name));
        return;
      }
    }
  }

  void check_options(const FormPage& page) {
    if (!is_choice(field_.type)) {
      if (!field_.options.empty())
        complaints_.at(here("options"),
                       fmt::format("a {} has no options; make field \"{}\" a choice "
                                   "or choices",
                                   name_of(field_.type), field_.name));
      return;
    }
    if (field_.options.empty()) {
      complaints_.at(part("fields", index_),
                     fmt::format("a {} needs options, field \"{}\" has none", name_of(field_.type),
                                 field_.name));
      return;
    }
    std::set<std::string> seen;
    for (std::size_t i = 0; i < field_.options.size(); ++i) {
      const Option& option = field_.options[i];
      const std::string at = here("options") + "/" + std::to_string(i);
      if (!seen.insert(option.value).second)
        complaints_.at(at + "/value", fmt::format("field \"{}\" has the option value \"{}\" twice",
                                                  field_.name, option.value));
      if (!check_box(option.box, page, at + "/box", complaints_)) continue;
      if (!is_inside(option.box, field_.box))
        complaints_.at(
            at + "/box",
            fmt::format("option \"{}\" of field \"{}\" is not inside the field's box: {} in "
                        "{}",
                        option.value, field_.name, in_words(option.box), in_words(field_.box)));
    }
  }

  void check_text_keys() {
    if (field_.lines > 1 && (field_.type != FieldType::text || !field_.cells.empty()))
      complaints_.at(here("lines"),
                     "lines is for a text without cells, not for field \"" + field_.name + "\"");
    if (field_.pattern.empty()) return;
    const re2::RE2 pattern(field_.pattern, re2::RE2::Quiet);
    if (!pattern.ok())
      complaints_.at(here("pattern"), "pattern of field \"" + field_.name +
                                          "\" is not a regular expression: " + pattern.error());
  }

  const Form& form_;
  const Field& field_;
  std::size_t index_;
  Complaints& complaints_;
};

void check_overlaps(const Form& form, const std::vector<std::size_t>& sound,
                    Complaints& complaints) {
  // A choice's box spans its labels too, where a line for "other, namely" may stand.
  const auto is_solid = [&](std::size_t i) { return !is_choice(form.fields[i].type); };
  for (std::size_t a = 0; a < sound.size(); ++a) {
    for (std::size_t b = a + 1; b < sound.size(); ++b) {
      const Field& first = form.fields[sound[a]];
      const Field& second = form.fields[sound[b]];
      if (first.page != second.page || !is_solid(sound[a]) || !is_solid(sound[b])) continue;
      if (intersection(first.box, second.box).area() <= kMaxOverlap) continue;
      complaints.at(
          part("fields", sound[b], "box"),
          "box of field \"" + second.name + "\" overlaps that of field \"" + first.name + "\"");
    }
  }
}

void check_code(const Form& form, std::size_t page, std::size_t index,
                std::map<std::string, int>& texts, Complaints& complaints) {
  const PageCode& code = form.pages[page].codes[index];
  const std::string at = part("pages", page, "codes") + "/" + std::to_string(index);
  const auto [known, is_new] = texts.emplace(code.text, form.pages[page].number);
  if (!is_new)
    complaints.at(at + "/text",
                  fmt::format("the code text \"{}\" stands on page {} already: a code "
                              "must tell one page from all others",
                              code.text, known->second));
  if (!check_box(code.box, form.pages[page], at + "/box", complaints)) return;
  if (code.box.width < kSmallest || code.box.height < kSmallest)
    complaints.at(at + "/box",
                  fmt::format("box of a code needs at least {:g} by {:g} mm, has {:g} by "
                              "{:g}",
                              kSmallest, kSmallest, code.box.width, code.box.height));
  else if (const auto picture = code_picture(code); !picture)
    complaints.at(at + "/text", picture.error().message);
}

}  // namespace

bool Complaints::is_broken(const std::string& pointer) const {
  const auto found = broken_.lower_bound(pointer);
  if (found == broken_.end()) return false;
  return *found == pointer || found->starts_with(pointer + "/");
}

std::string part(std::string_view list, std::size_t index, std::string_view key) {
  const std::string pointer = fmt::format("/{}/{}", list, index);
  return key.empty() ? pointer : fmt::format("{}/{}", pointer, key);
}

void check_pages(const Form& form, Complaints& complaints) {
  std::map<std::string, int> texts;
  for (std::size_t i = 0; i < form.pages.size(); ++i) {
    if (complaints.is_broken(part("pages", i))) continue;
    const FormPage& page = form.pages[i];
    if (complaints.has(part("pages", i, "title_box")))
      check_box(page.title_box, page, part("pages", i, "title_box"), complaints);
    for (std::size_t c = 0; c < page.codes.size(); ++c) check_code(form, i, c, texts, complaints);
    for (std::size_t d = 0; d < page.decorations.size(); ++d)
      check_box(page.decorations[d].box, page,
                part("pages", i, "decorations") + "/" + std::to_string(d) + "/box", complaints);
  }
}

void check_fields(const Form& form, Complaints& complaints) {
  std::map<std::string, std::size_t> names;
  std::vector<std::size_t> sound;
  for (std::size_t i = 0; i < form.fields.size(); ++i) {
    const Field& field = form.fields[i];
    const auto [first, is_new] = names.emplace(field.name, i);
    if (!is_new && !field.name.empty()) {
      const Place place = complaints.definition().place_of(part("fields", first->second, "name"));
      complaints.at(
          part("fields", i, "name"),
          fmt::format("the name \"{}\" is used already, in line {}", field.name, place.line));
    }
    if (complaints.is_broken(part("fields", i))) continue;
    if (FieldCheck(form, i, complaints).run()) sound.push_back(i);
  }
  check_overlaps(form, sound, complaints);
}

}  // namespace postkamer::forms
