// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/forms/layout.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "pipeline/forms/draft.h"
#include "pipeline/forms/suggest.h"

namespace postkamer::forms {
namespace {

using nlohmann::json;

constexpr double kMostShared = 1.5;  // mm: boxes that overlap by less share a border line
constexpr int kMostPages = 99;
constexpr int kMostLines = 60;

struct TypeRow {
  std::string_view layout;
  FieldType type;
};

constexpr std::array kTypes{
    TypeRow{"bsn", FieldType::bsn},
    TypeRow{"iban", FieldType::iban},
    TypeRow{"date", FieldType::date},
    TypeRow{"time", FieldType::time},
    TypeRow{"digits", FieldType::digits},
    TypeRow{"number", FieldType::number},
    TypeRow{"amount", FieldType::amount},
    TypeRow{"phone", FieldType::phone},
    TypeRow{"postcode", FieldType::postcode},
    TypeRow{"kenteken", FieldType::licence_plate},
    TypeRow{"alnum", FieldType::alphanumeric},
    TypeRow{"letters", FieldType::capitals},
    TypeRow{"text", FieldType::text},
    TypeRow{"email", FieldType::email},
    TypeRow{"multiline", FieldType::text},
    TypeRow{"checkbox", FieldType::checkbox},
    TypeRow{"choice", FieldType::choice},
    TypeRow{"multichoice", FieldType::choices},
    TypeRow{"signature", FieldType::signature},
};

double one_decimal(double mm) { return std::round(mm * 10) / 10; }

// Edges, not sizes, are rounded: what touched still touches.
Rect between(double left, double top, double right, double bottom) {
  const double x = one_decimal(left);
  const double y = one_decimal(top);
  return {x, y, one_decimal(right) - x, one_decimal(bottom) - y};
}

// Takes members out of tables and collects what is wrong with them.
class Reader {
 public:
  explicit Reader(std::string_view file) : file_(file) {}

  void wrong(const std::string& where, const std::string& what) {
    mistakes_.push_back({std::string(file_), 0, 0, where.empty() ? what : where + ": " + what});
  }

  std::string text(const json& table, const char* key, const std::string& where) {
    const json* value = wanted(table, key, where, "a text");
    if (value == nullptr) return "";
    if (value->is_string() && !value->get_ref<const std::string&>().empty()) return *value;
    wrong(where, fmt::format("{} needs to be a text, is {}", key, shown(*value)));
    return "";
  }

  int whole(const json& table, const char* key, const std::string& where, int most) {
    const json* value = wanted(table, key, where, "a whole number");
    if (value == nullptr) return 1;
    const bool fits = value->is_number_integer() && *value >= 1 && *value <= most;
    if (fits) return value->get<int>();
    wrong(where, fmt::format("{} needs to be a whole number from 1 to {}, is {}", key, most,
                             shown(*value)));
    return 1;
  }

  bool yes(const json& table, const char* key, const std::string& where) {
    const auto found = table.find(key);
    if (found == table.end() || found->is_null()) return false;
    if (found->is_boolean()) return *found;
    wrong(where, fmt::format("{} needs to be true or false, is {}", key, shown(*found)));
    return false;
  }

  std::vector<double> numbers(const json& value, const char* key, const std::string& where,
                              std::size_t count) {
    const bool fits = value.is_array() && value.size() == count &&
                      std::ranges::all_of(value, [](const json& v) { return v.is_number(); });
    if (fits) return value.get<std::vector<double>>();
    wrong(where, fmt::format("{} needs {} numbers in mm, is {}", key, count, shown(value)));
    return {};
  }

  Rect box(const json& table, const std::string& where) {
    const json* value = wanted(table, "box_mm", where, "4 numbers in mm");
    return value == nullptr ? Rect{} : rect(*value, "box_mm", where);
  }

  Rect rect(const json& value, const char* key, const std::string& where) {
    const auto n = numbers(value, key, where, 4);
    return n.empty() ? Rect{} : Rect{n[0], n[1], n[2], n[3]};
  }

  // The tables of a list; not there = none.
  std::vector<json> tables(const json& table, const char* key, const std::string& where) {
    const auto found = table.find(key);
    if (found == table.end() || found->is_null()) return {};
    const bool fits = found->is_array() &&
                      std::ranges::all_of(*found, [](const json& v) { return v.is_object(); });
    if (fits) return found->get<std::vector<json>>();
    wrong(where, fmt::format("{} needs to be a list of objects, is {}", key, shown(*found)));
    return {};
  }

  std::vector<Mistake> take() { return std::move(mistakes_); }
  [[nodiscard]] bool is_fine() const { return mistakes_.empty(); }

 private:
  const json* wanted(const json& table, const char* key, const std::string& where,
                     const char* what) {
    const auto found = table.find(key);
    if (found != table.end()) return &*found;
    wrong(where, fmt::format("{} is missing: {}", key, what));
    return nullptr;
  }

  static std::string shown(const json& value) {
    const std::string text = value.dump(-1, ' ', true, json::error_handler_t::replace);
    return text.size() <= 60 ? text : text.substr(0, 57) + "...";
  }

  std::string_view file_;
  std::vector<Mistake> mistakes_;
};

FieldType read_type(const json& table, Field& field, const std::string& where, Reader& reader) {
  const std::string name = reader.text(table, "type", where);
  const auto* row = std::ranges::find(kTypes, name, &TypeRow::layout);
  if (row != kTypes.end()) return row->type;
  std::vector<std::string> known;
  for (const TypeRow& each : kTypes) known.emplace_back(each.layout);
  if (!name.empty())
    reader.wrong(where, fmt::format("type \"{}\" is unknown{}", name, suggestion(name, known)));
  return field.type;
}

// Neighbours are drawn with one line between them; each gets half of it.
std::vector<Rect> parted(const std::vector<Rect>& cells) {
  std::vector<Rect> out;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    double left = cells[i].x;
    double right = cells[i].right();
    const auto shared = [](double a, double b) { return a > b && a - b < kMostShared; };
    if (i > 0 && shared(cells[i - 1].right(), left)) left = (cells[i - 1].right() + left) / 2;
    if (i + 1 < cells.size() && shared(right, cells[i + 1].x)) right = (right + cells[i + 1].x) / 2;
    out.push_back(between(left, cells[i].y, right, cells[i].bottom()));
  }
  return out;
}

void read_cells(const json& table, Field& field, const std::string& where, Reader& reader) {
  const auto found = table.find("cells_mm");
  if (found == table.end() || found->is_null()) return;
  if (!found->is_array()) return reader.wrong(where, "cells_mm needs to be a list of boxes");
  std::vector<Rect> cells;
  for (const json& cell : *found) cells.push_back(reader.rect(cell, "cells_mm", where));
  field.cells = parted(cells);
}

void read_options(const json& table, Field& field, const std::string& where, Reader& reader) {
  for (const json& entry : reader.tables(table, "options", where)) {
    Option option;
    option.value = reader.text(entry, "value", where + " option");
    option.label.nl = entry.contains("label") ? reader.text(entry, "label", where + " option") : "";
    if (option.label.nl.empty()) option.label.nl = option.value;
    const Rect box = reader.box(entry, where + " option");
    option.box = between(box.x, box.y, box.right(), box.bottom());
    field.options.push_back(std::move(option));
  }
  if (field.type != FieldType::checkbox) return;
  // The one option of a check box is its tick box.
  if (field.options.size() > 1)
    reader.wrong(where, "a checkbox has one option; make it a choice or multichoice");
  if (!field.options.empty()) field.box = field.options.front().box;
  field.options.clear();
}

// The box holds all that belongs to the field, whatever rounding did.
void surround(Field& field) {
  for (const Rect& cell : field.cells) field.box = united(field.box, cell);
  for (const Option& option : field.options) field.box = united(field.box, option.box);
  field.box = between(field.box.x, field.box.y, field.box.right(), field.box.bottom());
}

Field read_field(const json& table, std::size_t index, Reader& reader) {
  Field field;
  std::string where = fmt::format("fields[{}]", index);
  field.name = reader.text(table, "name", where);
  if (!field.name.empty()) where += " \"" + field.name + "\"";
  field.label.nl = table.contains("label") ? reader.text(table, "label", where) : field.name;
  field.type = read_type(table, field, where, reader);
  field.page = reader.whole(table, "page", where, kMostPages);
  field.box = reader.box(table, where);
  field.office = reader.yes(table, "office", where);
  field.required = reader.yes(table, "required", where) && !field.office;
  // Normally empty, and nothing that the sender may expect to be seen.
  if (field.office) field.verify = Verify::never;
  if (table.contains("lines")) field.lines = reader.whole(table, "lines", where, kMostLines);
  read_cells(table, field, where, reader);
  read_options(table, field, where, reader);
  surround(field);
  return field;
}

// The date beside a signature has no further words.
bool is_signing_date(const Field& field) {
  const std::string label = lower_case(field.label.nl);
  return field.type == FieldType::date && !field.office &&
         (label == "datum" || label.find("ondertekening") != std::string::npos);
}

void add_date_rules(Form& form) {
  for (const Field& field : form.fields) {
    Rule rule;
    rule.kind = "not_future";
    rule.field = field.name;
    if (is_birth_date(field)) {
      rule.code = "date_in_future";
      rule.message.nl = "De geboortedatum ligt na de dag van ontvangst.";
    } else if (is_signing_date(field)) {
      rule.code = "signed_in_future";
      rule.message.nl = "De datum van ondertekening ligt na de dag van ontvangst.";
    } else {
      continue;
    }
    form.rules.push_back(std::move(rule));
  }
}

// Fields one above the other, or side by side, that overlap by a line part in its middle.
void part_fields(std::vector<Field>& fields) {
  const auto is_movable = [](const Field& field) {
    return field.cells.empty() && field.options.empty() && field.type != FieldType::checkbox;
  };
  const auto cut = [&](Field& low, Field& high, double Rect::*from, double Rect::*size) {
    const double end = low.box.*from + low.box.*size;
    const double overlap = end - high.box.*from;
    if (overlap <= 0 || overlap > kMostShared) return;
    const bool both = is_movable(low) && is_movable(high);
    const double middle = one_decimal(both               ? high.box.*from + overlap / 2
                                      : is_movable(high) ? end
                                                         : high.box.*from);
    if (is_movable(low)) low.box.*size = middle - low.box.*from;
    if (!is_movable(high)) return;
    high.box.*size -= middle - high.box.*from;
    high.box.*from = middle;
  };
  for (Field& low : fields)
    for (Field& high : fields) {
      if (&low == &high || low.page != high.page) continue;
      const Rect shared = intersection(low.box, high.box);
      if (shared.area() <= 0) continue;
      if (shared.height < shared.width && low.box.y < high.box.y)
        cut(low, high, &Rect::y, &Rect::height);
      else if (shared.width <= shared.height && low.box.x < high.box.x)
        cut(low, high, &Rect::x, &Rect::width);
    }
}

void read_codes(const json& layout, Layout& out, Reader& reader) {
  std::size_t index = 0;
  for (const json& entry : reader.tables(layout, "barcodes", "")) {
    const std::string where = fmt::format("barcodes[{}]", index++);
    PageCode code;
    code.symbology = reader.text(entry, "symbology", where);
    code.text = reader.text(entry, "text", where);
    const int page = reader.whole(entry, "page", where, kMostPages);
    const Rect box = reader.box(entry, where);
    code.box = between(box.x, box.y, box.right(), box.bottom());
    const auto number = static_cast<std::size_t>(page);
    if (number > out.form.pages.size()) {
      reader.wrong(where, fmt::format("page {} does not exist: the form has {}", page,
                                      out.form.pages.size()));
    } else if (code.symbology != "qr" && code.symbology != "code128" &&
               code.symbology != "code39") {
      out.notices.push_back(
          fmt::format("{}: a code of kind \"{}\" is left out: pages are known by "
                      "qr, code128 or code39, or by their print",
                      where, code.symbology));
    } else {
      out.form.pages[number - 1].codes.push_back(std::move(code));
    }
  }
}

void read_pages(const json& layout, Form& form, Reader& reader) {
  const int count = reader.whole(layout, "pages", "", kMostPages);
  const auto size = layout.contains("page_size_mm")
                        ? reader.numbers(layout["page_size_mm"], "page_size_mm", "", 2)
                        : std::vector{FormPage{}.width, FormPage{}.height};
  for (int number = 1; number <= count; ++number) {
    FormPage page;
    page.number = number;
    if (size.size() == 2) page.width = one_decimal(size[0]), page.height = one_decimal(size[1]);
    form.pages.push_back(std::move(page));
  }
  // Only the first page is sure to carry the title.
  form.pages.front().title = form.title.nl;
}

Layout read(const json& layout, Reader& reader) {
  Layout out;
  Form& form = out.form;
  form.id = reader.text(layout, "form", "");
  form.version = reader.text(layout, "version", "");
  form.title.nl = layout.contains("title") ? reader.text(layout, "title", "") : form.id;
  form.organisation =
      layout.contains("organisation") ? reader.text(layout, "organisation", "") : "?";
  read_pages(layout, form, reader);
  read_codes(layout, out, reader);
  std::size_t index = 0;
  for (const json& entry : reader.tables(layout, "fields", ""))
    form.fields.push_back(read_field(entry, index++, reader));
  if (index == 0 && reader.is_fine()) reader.wrong("", "fields is missing: one or more fields");
  part_fields(form.fields);
  add_date_rules(form);
  return out;
}

// What the form's own loader has to say of it, with the layout's name.
std::vector<Mistake> mistakes_of_meaning(const Form& form, std::string_view file) {
  const auto loaded = load_form(form_toml(form), "form.toml");
  if (loaded) return {};
  std::vector<Mistake> mistakes;
  for (const Mistake& mistake : loaded.error())
    mistakes.push_back({std::string(file), 0, 0, mistake.message});
  return mistakes;
}

Mistake syntax_mistake(std::string_view text, std::size_t byte, std::string_view file) {
  const std::string_view before = text.substr(0, std::min(byte == 0 ? 0 : byte - 1, text.size()));
  const auto line = std::ranges::count(before, '\n') + 1;
  const std::size_t start =
      before.rfind('\n') == std::string_view::npos ? 0 : before.rfind('\n') + 1;
  return {std::string(file), static_cast<int>(line), static_cast<int>(before.size() - start + 1),
          "this is no JSON: something unexpected stands here"};
}

}  // namespace

tl::expected<Layout, std::vector<Mistake>> read_layout(std::string_view text,
                                                       std::string_view file) {
  json layout;
  try {
    layout = json::parse(text);
  } catch (const json::parse_error& error) {
    return tl::unexpected(std::vector{syntax_mistake(text, error.byte, file)});
  }
  Reader reader(file);
  if (!layout.is_object()) {
    reader.wrong("", "a layout needs to be an object { \"form\": ... }");
    return tl::unexpected(reader.take());
  }
  Layout out = read(layout, reader);
  if (!reader.is_fine()) return tl::unexpected(reader.take());
  auto mistakes = mistakes_of_meaning(out.form, file);
  if (!mistakes.empty()) return tl::unexpected(std::move(mistakes));
  return out;
}

}  // namespace postkamer::forms
