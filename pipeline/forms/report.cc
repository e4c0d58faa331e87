// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/forms/report.h"

#include <fmt/format.h>

#include <algorithm>

#include "pipeline/forms/canvas.h"

namespace postkamer::forms {
namespace {

using Kind = ReportBlock::Kind;

constexpr double kWidth = 210.0;
constexpr double kHeight = 297.0;
constexpr double kMargin = 20.0;
constexpr double kTextWidth = kWidth - 2 * kMargin;
constexpr double kBottom = kHeight - 22.0;
constexpr double kCellGap = 1.5;
constexpr Colour kGray{0.45, 0.45, 0.45};

TextStyle plain(double size_pt = 9.5) {
  TextStyle style;
  style.size_pt = size_pt;
  return style;
}

TextStyle bold(double size_pt) {
  TextStyle style = plain(size_pt);
  style.bold = true;
  return style;
}

TextStyle code() {
  TextStyle style = plain(6.0);
  style.family = "DejaVu Sans Mono";
  return style;
}

// A hash has no place to break at: broken in halves until it fits.
std::string broken(Canvas& canvas, const std::string& text, double width, const TextStyle& style) {
  if (text.size() < 16 || canvas.measure(text, 0.0, style).width <= width) return text;
  const std::size_t half = (text.size() + 1) / 2;
  return broken(canvas, text.substr(0, half), width, style) + "\n" +
         broken(canvas, text.substr(half), width, style);
}

// Lays a report out on a PDF, from top to bottom.
class Printer {
 public:
  // `pages`: how many there will be, for the foot.
  Printer(const Report& report, int pages)
      : report_(report), pages_(pages), canvas_(Canvas::pdf(kWidth, kHeight, report.title)) {}

  void print() {
    begin_page();
    put(report_.title, bold(15.0), 0.0);
    y_ += 3.0;
    for (const ReportBlock& block : report_.blocks) print(block);
    end_page();
  }
  [[nodiscard]] int pages() const { return page_; }
  Result<Bytes> finish() { return canvas_.finish_pdf(); }

 private:
  void print(const ReportBlock& block) {
    switch (block.kind) {
      case Kind::heading:
        need(20.0);  // never the last line of a page
        y_ += 3.0;
        put(block.text, bold(11.0), 0.0);
        return;
      case Kind::text: put(block.text, plain(), 0.0); return;
      case Kind::bullet: print_bullet(block.text); return;
      case Kind::table: print_table(block); return;
      case Kind::signature: print_signature(block.text); return;
    }
  }

  void begin_page() {
    canvas_.begin_page(kWidth, kHeight);
    ++page_;
    y_ = kMargin;
  }

  void end_page() {
    const double top = kHeight - 16.0;
    canvas_.line({kMargin, top - 2.0}, {kWidth - kMargin, top - 2.0}, 0.2, kGray);
    TextStyle style = plain(7.5);
    style.colour = kGray;
    canvas_.text(report_.footer, {kMargin, top, kTextWidth - 30.0, 8.0}, style);
    style.align = Align::right;
    canvas_.text(fmt::format("blad {} van {}", page_, pages_),
                 {kWidth - kMargin - 30.0, top, 30.0, 8.0}, style);
    canvas_.end_page();
  }

  // Room for `height` on this page, or a new one. True when it is new.
  bool need(double height) {
    if (y_ + height <= kBottom || y_ <= kMargin) return false;
    end_page();
    begin_page();
    return true;
  }

  void put(const std::string& text, const TextStyle& style, double indent) {
    const double width = kTextWidth - indent;
    const double height = canvas_.measure(text, width, style).height;
    need(height);
    canvas_.text(text, {kMargin + indent, y_, width, height}, style);
    y_ += height + 1.5;
  }

  void print_bullet(const std::string& text) {
    need(canvas_.measure(text, kTextWidth - 5.0, plain()).height);
    canvas_.disc({kMargin + 2.0, y_ + 2.1}, 0.5, {});
    put(text, plain(), 5.0);
  }

  void print_signature(const std::string& text) {
    need(35.0);
    y_ += 4.0;
    put(text, plain(), 0.0);
    for (const char* label : {"Naam en functie", "Datum", "Handtekening"}) {
      y_ += 7.0;
      canvas_.text(label, {kMargin, y_ - 4.0, 40.0, 5.0}, plain(8.5));
      canvas_.line({kMargin + 40.0, y_}, {kMargin + 130.0, y_}, 0.2, kGray);
    }
    y_ += 4.0;
  }

  void print_table(const ReportBlock& table) {
    const auto heads = [&] {
      std::vector<std::string> row;
      for (const ReportColumn& column : table.columns) row.push_back(column.head);
      print_row(table, row, true);
    };
    need(25.0);
    heads();
    for (const auto& row : table.rows) {
      if (need(row_height(table, row, false))) heads();
      print_row(table, row, false);
    }
    y_ += 3.0;
  }

  static TextStyle style_of(const ReportColumn& column, bool is_head) {
    if (is_head) return bold(8.0);
    return column.is_code ? code() : plain(8.0);
  }

  // Calls with the column, where it starts, its style and the text broken to fit.
  template <class Act>
  void cells(const ReportBlock& table, const std::vector<std::string>& row, bool is_head, Act act) {
    double x = kMargin;
    for (std::size_t i = 0; i < table.columns.size() && i < row.size(); ++i) {
      const ReportColumn& column = table.columns[i];
      const TextStyle style = style_of(column, is_head);
      const double width = column.width_mm - kCellGap;
      const bool is_code = column.is_code && !is_head;
      act(is_code ? broken(canvas_, row[i], width, style) : row[i], x, width, style);
      x += column.width_mm;
    }
  }

  double row_height(const ReportBlock& table, const std::vector<std::string>& row, bool is_head) {
    double height = 0.0;
    cells(table, row, is_head,
          [&](const std::string& text, double, double width, const TextStyle& style) {
            height = std::max(height, canvas_.measure(text, width, style).height);
          });
    return height + 1.6;
  }

  void print_row(const ReportBlock& table, const std::vector<std::string>& row, bool is_head) {
    const double height = row_height(table, row, is_head);
    cells(table, row, is_head,
          [&](const std::string& text, double x, double width, const TextStyle& style) {
            canvas_.text(text, {x, y_ + 0.6, width, height}, style);
          });
    y_ += height;
    canvas_.line({kMargin, y_}, {kWidth - kMargin, y_}, is_head ? 0.3 : 0.1, kGray);
  }

  const Report& report_;
  int pages_;
  Canvas canvas_;
  int page_ = 0;
  double y_ = kMargin;
};

void add_table(std::string& text, const ReportBlock& table) {
  std::vector<std::size_t> widths;
  for (const ReportColumn& column : table.columns) widths.push_back(column.head.size());
  for (const auto& row : table.rows)
    for (std::size_t i = 0; i < widths.size() && i < row.size(); ++i)
      widths[i] = std::max(widths[i], row[i].size());
  const auto add_row = [&](const auto& cell_at) {
    std::string line;
    for (std::size_t i = 0; i < widths.size(); ++i)
      line += fmt::format("{:<{}}  ", cell_at(i), widths[i]);
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  };
  add_row([&](std::size_t i) { return table.columns[i].head; });
  for (const auto& row : table.rows)
    add_row([&](std::size_t i) { return i < row.size() ? row[i] : std::string(); });
}

}  // namespace

std::string report_text(const Report& report) {
  std::string text = report.title + "\n";
  for (const ReportBlock& block : report.blocks) {
    switch (block.kind) {
      case Kind::heading: text += "\n" + block.text + "\n"; break;
      case Kind::text: text += block.text + "\n"; break;
      case Kind::bullet: text += "- " + block.text + "\n"; break;
      case Kind::table: add_table(text, block); break;
      case Kind::signature:
        text += "\n" + block.text + "\nNaam en functie:\nDatum:\nHandtekening:\n";
        break;
    }
  }
  return text;
}

Result<Bytes> report_pdf(const Report& report) {
  Printer first(report, 0);
  first.print();
  Printer second(report, first.pages());
  second.print();
  return second.finish();
}

}  // namespace postkamer::forms
