// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/forms/print.h"

#include <algorithm>

#include "pipeline/forms/canvas.h"
#include "pipeline/forms/code_picture.h"
#include "pipeline/forms/fill.h"

namespace postkamer::forms {
namespace {

constexpr Colour kHouse{0.04, 0.29, 0.40};
constexpr Colour kText{0.10, 0.10, 0.12};
constexpr Colour kLine{0.25, 0.36, 0.42};
constexpr Colour kPanel{0.945, 0.95, 0.955};
constexpr Colour kPaper{1, 1, 1};

constexpr double kCellLine = 0.22;  // mm
constexpr double kRuledLine = 0.25;
constexpr double kBoxLine = 0.35;
constexpr double kLabelPt = 8.5;
constexpr double kOptionPt = 9.0;
constexpr double kLabelGap = 0.7;   // mm between a label and the box under it
constexpr double kOptionGap = 1.8;  // mm between a tick box and the label beside it
constexpr double kMargin = 12.0;    // mm that stay free of print at the right edge
constexpr double kGroupGap = 0.5;   // mm between cells that counts as a gap

// The page while it is being drawn.
struct Sheet {
  Canvas& canvas;
  const Form& form;
  const FormPage& page;
};

void draw_logo(Canvas& canvas, const Rect& box) {
  const auto at = [&](double x, double y) {
    return Point{box.x + box.width * x, box.y + box.height * y};
  };
  canvas.polygon({at(0, 0), at(1, 0), at(1, 0.3), at(1, 0.62), at(0.94, 0.86), at(0.5, 1.02),
                  at(0.06, 0.86), at(0, 0.62), at(0, 0.3)},
                 kHouse, false);
  for (const double level : {0.38, 0.56, 0.74}) {
    std::vector<Point> wave;
    for (int i = 0; i <= 8; ++i)
      wave.push_back(at(0.12 + 0.095 * i, level + (i % 2 == 0 ? 0.04 : -0.05)));
    canvas.stroke(wave, box.width * 0.055, kPaper, true);
  }
  canvas.fill({at(0.2, 0.12).x, at(0.2, 0.12).y, box.width * 0.6, box.height * 0.1}, kPaper);
}

void draw_bar(Canvas& canvas, const Decoration& decoration) {
  TextStyle style{.size_pt = decoration.size_pt, .bold = true, .colour = kPaper};
  const Rect& box = decoration.box;
  const double height = canvas.measure(decoration.text.nl, 0, style).height;
  canvas.fill(box, kHouse);
  canvas.text(decoration.text.nl,
              {box.x + 2.0, box.y + (box.height - height) / 2, box.width - 4.0, height}, style);
}

void draw_decoration(Canvas& canvas, const Decoration& decoration) {
  const std::string& kind = decoration.kind;
  const Rect& box = decoration.box;
  TextStyle style{.size_pt = decoration.size_pt, .colour = kText};
  if (kind == "logo") {
    draw_logo(canvas, box);
  } else if (kind == "bar") {
    draw_bar(canvas, decoration);
  } else if (kind == "line") {
    canvas.fill(box, kHouse);
  } else if (kind == "frame") {
    canvas.frame(box, kRuledLine, kLine);
  } else if (kind == "office") {
    style.bold = true;
    canvas.fill(box, kPanel);
    canvas.frame(box, kRuledLine, kLine, true);
    canvas.text(decoration.text.nl, {box.x + 2.0, box.y + 1.4, box.width - 4.0, 4.0}, style);
  } else {
    style.bold = kind != "text";
    if (kind == "heading") style.colour = kHouse;
    canvas.text(decoration.text.nl, box, style);
  }
}

// Beside a tick box, middle on middle; wrapped at the margin of the page.
void draw_side_label(const Sheet& sheet, const Rect& tick, const std::string& label) {
  const TextStyle style{.size_pt = kOptionPt, .colour = kText};
  const double x = tick.right() + kOptionGap;
  const double width = std::max(10.0, sheet.page.width - kMargin - x);
  const double height = sheet.canvas.measure(label, width, style).height;
  sheet.canvas.text(label, {x, tick.centre().y - height / 2, width, height}, style);
}

void draw_label(const Sheet& sheet, const Field& field) {
  const std::string& label = field.label.nl;
  const bool has_place = field.label_box.area() > 0;
  if (field.type == FieldType::checkbox && !has_place) {
    draw_side_label(sheet, field.box, label);
    return;
  }
  TextStyle style{.size_pt = has_place ? kOptionPt : kLabelPt, .colour = kText};
  Rect place = field.label_box;
  if (has_place) {
    const double height = sheet.canvas.measure(label, place.width, style).height;
    place.y += std::max(0.0, (place.height - height) / 2);
  } else {
    place = {field.box.x, 0, sheet.page.width - kMargin - field.box.x, 0};
    place.y = field.box.y - kLabelGap - sheet.canvas.measure(label, place.width, style).height;
  }
  sheet.canvas.text(label, place, style);
}

// What stands in the gaps of a comb: "03-05-2026", "13:45", "1234,56".
std::string separator_of(FieldType type) {
  switch (type) {
    case FieldType::date: return "-";
    case FieldType::time: return ":";
    case FieldType::amount: return ",";
    default: return "";
  }
}

void draw_comb(Canvas& canvas, const Field& field) {
  const std::string separator = separator_of(field.type);
  const TextStyle style{.size_pt = 11.0, .bold = true, .colour = kText, .align = Align::centre};
  for (std::size_t i = 0; i < field.cells.size(); ++i) {
    const Rect& cell = field.cells[i];
    canvas.fill(cell, kPaper);
    canvas.frame(cell, kCellLine, kLine);
    if (i == 0 || separator.empty()) continue;
    const double from = field.cells[i - 1].right();
    if (cell.x - from < kGroupGap) continue;
    const double height = canvas.measure(separator, 0, style).height;
    canvas.text(separator, {from, cell.centre().y - height / 2, cell.x - from, height}, style);
  }
}

void draw_currency(Canvas& canvas, const Field& field) {
  const TextStyle style{.size_pt = 10.0, .colour = kText};
  const Rect size = canvas.measure("€", 0, style);
  canvas.text("€",
              {field.box.x - size.width - 1.2, field.box.centre().y - size.height / 2,
               size.width + 0.5, size.height},
              style);
}

void draw_tick_box(Canvas& canvas, const Rect& box) {
  canvas.fill(box, kPaper);
  canvas.frame(box, kBoxLine, kText);
}

void draw_ruled_lines(Canvas& canvas, const Field& field) {
  const int lines = std::max(1, field.lines);
  for (int i = 1; i <= lines; ++i) {
    const double y = field.box.y + field.box.height * i / lines;
    canvas.line({field.box.x, y}, {field.box.right(), y}, kRuledLine, kLine);
  }
}

void draw_field(const Sheet& sheet, const Field& field) {
  Canvas& canvas = sheet.canvas;
  draw_label(sheet, field);
  if (field.type == FieldType::amount) draw_currency(canvas, field);
  switch (field.type) {
    case FieldType::checkbox: draw_tick_box(canvas, field.box); return;
    case FieldType::choice:
    case FieldType::choices:
      for (const Option& option : field.options) {
        draw_tick_box(canvas, option.box);
        draw_side_label(sheet, option.box, option.label.nl);
      }
      return;
    case FieldType::signature:
      canvas.fill(field.box, kPaper);
      canvas.frame(field.box, kRuledLine, kLine);
      return;
    case FieldType::barcode: canvas.frame(field.box, kRuledLine, kLine, true); return;
    default:
      if (field.cells.empty())
        draw_ruled_lines(canvas, field);
      else
        draw_comb(canvas, field);
  }
}

Result<void> draw_page(const Sheet& sheet) {
  for (const Decoration& decoration : sheet.page.decorations)
    draw_decoration(sheet.canvas, decoration);
  for (const PageCode& code : sheet.page.codes) {
    PK_TRY(dark, code_picture(code));
    sheet.canvas.fill_all(dark, {0, 0, 0});
  }
  for (const Field& field : sheet.form.fields)
    if (field.page == sheet.page.number) draw_field(sheet, field);
  return {};
}

Result<const FormPage*> page_to_print(const Form& form, int number) {
  const auto found = std::find_if(form.pages.begin(), form.pages.end(),
                                  [&](const FormPage& page) { return page.number == number; });
  if (found == form.pages.end())
    return fail(ErrorCode::unsupported, "form_no_such_page",
                "printing page " + std::to_string(number) + " of form " + form.id + ": it has " +
                    std::to_string(form.pages.size()) + " pages");
  if (!found->blank.empty())
    return fail(ErrorCode::unsupported, "form_blank_is_picture",
                "printing page " + std::to_string(number) + " of form " + form.id +
                    ": its blank is the picture " + found->blank +
                    ", and its definition does not hold what is printed; print the picture");
  return &*found;
}

}  // namespace

Result<Bytes> print_pdf(const Form& form, const Filling* filling) {
  PK_TRY(first, page_to_print(form, 1));
  Canvas canvas = Canvas::pdf(first->width, first->height, form.title.nl);
  for (const FormPage& each : form.pages) {
    PK_TRY(page, page_to_print(form, each.number));
    canvas.begin_page(page->width, page->height);
    PK_CHECK(draw_page({canvas, form, *page}));
    if (filling != nullptr) fill_page(canvas, form, page->number, *filling);
    canvas.end_page();
  }
  return canvas.finish_pdf();
}

Result<GrayImage> print_page(const Form& form, int page, Dpi dpi, const Filling* filling) {
  PK_TRY(sheet, page_to_print(form, page));
  Canvas canvas = Canvas::pixels(sheet->width, sheet->height, dpi);
  PK_CHECK(draw_page({canvas, form, *sheet}));
  if (filling != nullptr) fill_page(canvas, form, page, *filling);
  return canvas.finish_pixels(dpi);
}

Result<std::vector<PrintedWord>> printed_words(const Form& form, int page) {
  PK_TRY(sheet, page_to_print(form, page));
  Canvas canvas = Canvas::nowhere();
  PK_CHECK(draw_page({canvas, form, *sheet}));
  return canvas.words();
}

}  // namespace postkamer::forms
