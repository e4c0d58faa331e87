// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/forms/canvas.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdlib>
#include <numbers>

#include <cairo-pdf.h>
#include <cairo.h>
#include <pango/pangocairo.h>
#include <opencv2/imgproc.hpp>

namespace postkamer::forms {
namespace {

constexpr double kPointsPerInch = 72.0;
constexpr double kMmPerPoint = kMillimetresPerInch / kPointsPerInch;
// Of the surface that only measures: about that of a 300 dpi page.
constexpr double kMeasuringScale = 12.0;
constexpr int kBandRows = 256;

struct Release {
  void operator()(cairo_t* p) const { cairo_destroy(p); }
  void operator()(cairo_surface_t* p) const { cairo_surface_destroy(p); }
  void operator()(cairo_font_options_t* p) const { cairo_font_options_destroy(p); }
  void operator()(PangoContext* p) const { g_object_unref(p); }
  void operator()(PangoLayout* p) const { g_object_unref(p); }
  void operator()(PangoLayoutIter* p) const { pango_layout_iter_free(p); }
  void operator()(PangoFontDescription* p) const { pango_font_description_free(p); }
};
template <class T>
using Owned = std::unique_ptr<T, Release>;

// Widths and positions must not depend on the resolution, or pixels and PDF would differ.
Owned<PangoContext> context_for(cairo_t* cairo) {
  // The fonts that this thread has found before: finding them costs as much as a page.
  Owned<PangoContext> context(pango_font_map_create_context(pango_cairo_font_map_get_default()));
  Owned<cairo_font_options_t> options(cairo_font_options_create());
  cairo_font_options_set_hint_style(options.get(), CAIRO_HINT_STYLE_NONE);
  cairo_font_options_set_hint_metrics(options.get(), CAIRO_HINT_METRICS_OFF);
  cairo_font_options_set_antialias(options.get(), CAIRO_ANTIALIAS_GRAY);
  pango_cairo_context_set_font_options(context.get(), options.get());
  pango_context_set_round_glyph_positions(context.get(), FALSE);
  pango_cairo_update_context(cairo, context.get());
  return context;
}

cairo_status_t append(void* closure, const unsigned char* data, unsigned int length) {
  auto* bytes = static_cast<Bytes*>(closure);
  bytes->insert(bytes->end(), data, data + length);
  return CAIRO_STATUS_SUCCESS;
}

Rect mm_of(const PangoRectangle& units) {
  return {units.x / double{PANGO_SCALE}, units.y / double{PANGO_SCALE},
          units.width / double{PANGO_SCALE}, units.height / double{PANGO_SCALE}};
}

PangoAlignment pango_of(Align align) {
  switch (align) {
    case Align::left: return PANGO_ALIGN_LEFT;
    case Align::centre: return PANGO_ALIGN_CENTER;
    case Align::right: return PANGO_ALIGN_RIGHT;
  }
  return PANGO_ALIGN_LEFT;
}

// Cairo's pixel is a number: its bytes stand in this order on the little-endian machines we know.
void to_gray(cairo_surface_t* colours, cv::Mat gray) {
  const cv::Mat bgrx(gray.rows, gray.cols, CV_8UC4, cairo_image_surface_get_data(colours),
                     static_cast<std::size_t>(cairo_image_surface_get_stride(colours)));
  cv::cvtColor(bgrx, gray, cv::COLOR_BGRA2GRAY);
}

}  // namespace

struct Canvas::Inside {
  Bytes pdf;  // written to by the surface: must outlive it
  Owned<cairo_surface_t> surface;
  Owned<cairo_t> cairo;
  Owned<PangoContext> context;
  std::vector<PrintedWord> words;
  bool is_pdf = false;

  Inside(cairo_surface_t* onto, double units_per_mm) : surface(onto) { start(units_per_mm); }
  explicit Inside(double width_pt, double height_pt)
      : surface(cairo_pdf_surface_create_for_stream(append, &pdf, width_pt, height_pt)),
        is_pdf(true) {
    start(kPointsPerInch / kMillimetresPerInch);
  }

  void start(double units_per_mm) {
    cairo.reset(cairo_create(surface.get()));
    cairo_scale(cairo.get(), units_per_mm, units_per_mm);
    context = context_for(cairo.get());
  }

  void pen(double line_mm, Colour colour) const {
    cairo_set_source_rgb(cairo.get(), colour.red, colour.green, colour.blue);
    cairo_set_line_width(cairo.get(), line_mm);
  }

  [[nodiscard]] Owned<PangoLayout> layout(const std::string& text, double width_mm,
                                          const TextStyle& style) const {
    Owned<PangoLayout> made(pango_layout_new(context.get()));
    Owned<PangoFontDescription> font(pango_font_description_new());
    pango_font_description_set_family(font.get(), style.family.c_str());
    pango_font_description_set_weight(font.get(),
                                      style.bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
    pango_font_description_set_style(font.get(),
                                     style.italic ? PANGO_STYLE_ITALIC : PANGO_STYLE_NORMAL);
    pango_font_description_set_absolute_size(font.get(), style.size_pt * kMmPerPoint * PANGO_SCALE);
    pango_layout_set_font_description(made.get(), font.get());
    pango_layout_set_alignment(made.get(), pango_of(style.align));
    if (width_mm > 0) {
      pango_layout_set_width(made.get(), static_cast<int>(std::lround(width_mm * PANGO_SCALE)));
      pango_layout_set_wrap(made.get(), PANGO_WRAP_WORD_CHAR);
    }
    pango_layout_set_text(made.get(), text.c_str(), static_cast<int>(text.size()));
    return made;
  }

  void collect(PangoLayout* layout_of_text, Point at);
  void trace(const std::vector<Point>& points, bool smooth, bool closed) const;
};

// Walks the clusters; what stands between white space is a word, its box the ink of its clusters.
void Canvas::Inside::collect(PangoLayout* layout_of_text, Point at) {
  const char* text = pango_layout_get_text(layout_of_text);
  Owned<PangoLayoutIter> iter(pango_layout_get_iter(layout_of_text));
  PrintedWord word;
  int last_line = -1;
  const auto flush = [&] {
    if (!word.text.empty() && word.box.area() > 0) words.push_back(word);
    word = {};
  };
  do {
    const int index = pango_layout_iter_get_index(iter.get());
    int line = 0;
    int unused = 0;
    pango_layout_index_to_line_x(layout_of_text, index, FALSE, &line, &unused);
    const char* here = text + index;
    const gunichar letter = *here == 0 ? U' ' : g_utf8_get_char(here);
    if (line != last_line || g_unichar_isspace(letter)) flush();
    last_line = line;
    if (*here == 0 || g_unichar_isspace(letter)) continue;
    PangoRectangle ink;
    pango_layout_iter_get_cluster_extents(iter.get(), &ink, nullptr);
    Rect box = mm_of(ink);
    box.x += at.x;
    box.y += at.y;
    word.box = word.text.empty() ? box : united(word.box, box);
    word.text.append(here, static_cast<std::size_t>(g_utf8_next_char(here) - here));
  } while (pango_layout_iter_next_cluster(iter.get()) != FALSE);
  flush();
}

// Smooth: quadratic pieces between the middles of neighbouring points, written as cubics.
void Canvas::Inside::trace(const std::vector<Point>& points, bool smooth, bool closed) const {
  cairo_t* c = cairo.get();
  cairo_new_path(c);
  cairo_move_to(c, points.front().x, points.front().y);
  for (std::size_t i = 1; i < points.size(); ++i) {
    if (!smooth || i + 1 == points.size()) {
      cairo_line_to(c, points[i].x, points[i].y);
      continue;
    }
    double x = 0;
    double y = 0;
    cairo_get_current_point(c, &x, &y);
    const Point bend = points[i];
    const Point end{(points[i].x + points[i + 1].x) / 2, (points[i].y + points[i + 1].y) / 2};
    cairo_curve_to(c, x + (bend.x - x) * 2 / 3, y + (bend.y - y) * 2 / 3,
                   end.x + (bend.x - end.x) * 2 / 3, end.y + (bend.y - end.y) * 2 / 3, end.x,
                   end.y);
  }
  if (closed) cairo_close_path(c);
}

Colour colour_of(std::string_view hex) {
  const auto is_hex = [](char c) { return std::isxdigit(static_cast<unsigned char>(c)) != 0; };
  if (hex.size() != 7 || hex[0] != '#' || !std::all_of(hex.begin() + 1, hex.end(), is_hex))
    return {};
  const auto part = [&](std::size_t at) {
    return static_cast<double>(std::strtol(std::string(hex.substr(at, 2)).c_str(), nullptr, 16)) /
           255.0;
  };
  return {part(1), part(3), part(5)};
}

Canvas::Canvas(std::unique_ptr<Inside> inside) : inside_(std::move(inside)) {}
Canvas::Canvas(Canvas&&) noexcept = default;
Canvas& Canvas::operator=(Canvas&&) noexcept = default;
Canvas::~Canvas() = default;

Canvas Canvas::pixels(double width_mm, double height_mm, Dpi dpi) {
  const double scale = pixels_per_mm(dpi);
  const cairo_rectangle_t page{0, 0, std::round(width_mm * scale), std::round(height_mm * scale)};
  Canvas canvas(
      std::make_unique<Inside>(cairo_recording_surface_create(CAIRO_CONTENT_COLOR, &page), scale));
  canvas.fill({0, 0, width_mm + 1, height_mm + 1}, {1, 1, 1});
  return canvas;
}

Canvas Canvas::pdf(double width_mm, double height_mm, const std::string& title) {
  auto inside = std::make_unique<Inside>(width_mm / kMmPerPoint, height_mm / kMmPerPoint);
  auto* surface = inside->surface.get();
  cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, title.c_str());
  // Cairo would write the time of printing, and equal input would give unequal bytes.
  cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, "2026-01-01T00:00:00Z");
  return Canvas(std::move(inside));
}

Canvas Canvas::nowhere() {
  return Canvas(std::make_unique<Inside>(
      cairo_recording_surface_create(CAIRO_CONTENT_COLOR, nullptr), kMeasuringScale));
}

void Canvas::fill(const Rect& box, Colour colour) { fill_all({box}, colour); }

void Canvas::fill_all(const std::vector<Rect>& boxes, Colour colour) {
  cairo_t* c = inside_->cairo.get();
  inside_->pen(0, colour);
  for (const Rect& box : boxes) cairo_rectangle(c, box.x, box.y, box.width, box.height);
  cairo_fill(c);
}

void Canvas::frame(const Rect& box, double line_mm, Colour colour, bool dashed) {
  cairo_t* c = inside_->cairo.get();
  constexpr double kDash[] = {1.0, 0.8};
  inside_->pen(line_mm, colour);
  cairo_set_line_join(c, CAIRO_LINE_JOIN_MITER);
  if (dashed) cairo_set_dash(c, kDash, 2, 0);
  cairo_rectangle(c, box.x, box.y, box.width, box.height);
  cairo_stroke(c);
  cairo_set_dash(c, nullptr, 0, 0);
}

void Canvas::line(Point from, Point to, double line_mm, Colour colour) {
  cairo_t* c = inside_->cairo.get();
  inside_->pen(line_mm, colour);
  cairo_set_line_cap(c, CAIRO_LINE_CAP_BUTT);
  cairo_move_to(c, from.x, from.y);
  cairo_line_to(c, to.x, to.y);
  cairo_stroke(c);
}

void Canvas::stroke(const std::vector<Point>& points, double line_mm, Colour colour, bool smooth) {
  if (points.size() < 2) return;
  cairo_t* c = inside_->cairo.get();
  inside_->pen(line_mm, colour);
  cairo_set_line_cap(c, CAIRO_LINE_CAP_ROUND);
  cairo_set_line_join(c, CAIRO_LINE_JOIN_ROUND);
  inside_->trace(points, smooth, false);
  cairo_stroke(c);
}

void Canvas::polygon(const std::vector<Point>& points, Colour colour, bool smooth) {
  if (points.size() < 3) return;
  inside_->pen(0, colour);
  inside_->trace(points, smooth, true);
  cairo_fill(inside_->cairo.get());
}

void Canvas::disc(Point centre, double radius, Colour colour) {
  cairo_t* c = inside_->cairo.get();
  inside_->pen(0, colour);
  cairo_new_path(c);
  cairo_arc(c, centre.x, centre.y, radius, 0, 2 * std::numbers::pi);
  cairo_fill(c);
}

Rect Canvas::text(const std::string& words, const Rect& box, const TextStyle& style) {
  if (words.empty()) return {box.x, box.y, 0, 0};
  const auto layout = inside_->layout(words, box.width, style);
  inside_->pen(0, style.colour);
  cairo_move_to(inside_->cairo.get(), box.x, box.y);
  pango_cairo_show_layout(inside_->cairo.get(), layout.get());
  inside_->collect(layout.get(), {box.x, box.y});
  PangoRectangle logical;
  pango_layout_get_extents(layout.get(), nullptr, &logical);
  Rect covered = mm_of(logical);
  covered.x += box.x;
  covered.y += box.y;
  return covered;
}

Rect Canvas::measure(const std::string& words, double width_mm, const TextStyle& style) {
  const auto layout = inside_->layout(words, width_mm, style);
  PangoRectangle logical;
  pango_layout_get_extents(layout.get(), nullptr, &logical);
  return mm_of(logical);
}

void Canvas::write(const std::string& words, Point at, const TextStyle& style, const Hand& hand) {
  if (words.empty()) return;
  cairo_t* c = inside_->cairo.get();
  const auto layout = inside_->layout(words, 0, style);
  cairo_save(c);
  cairo_translate(c, at.x, at.y);
  cairo_rotate(c, hand.angle);
  cairo_matrix_t lean;
  cairo_matrix_init(&lean, hand.stretch, 0, -hand.slant, 1, 0, 0);
  cairo_transform(c, &lean);
  inside_->pen(0, style.colour);
  cairo_move_to(c, 0, 0);
  pango_cairo_show_layout_line(c, pango_layout_get_line_readonly(layout.get(), 0));
  cairo_restore(c);
}

double Canvas::size_for_capitals(const TextStyle& style, double cap_mm) {
  TextStyle probe = style;
  probe.size_pt = 20.0;
  const auto layout = inside_->layout("H", 0, probe);
  PangoRectangle ink;
  pango_layout_get_extents(layout.get(), &ink, nullptr);
  const double height = mm_of(ink).height;
  return height > 0 ? probe.size_pt * cap_mm / height : style.size_pt;
}

const std::vector<PrintedWord>& Canvas::words() const { return inside_->words; }

void Canvas::begin_page(double width_mm, double height_mm) {
  if (inside_->is_pdf)
    cairo_pdf_surface_set_size(inside_->surface.get(), width_mm / kMmPerPoint,
                               height_mm / kMmPerPoint);
}

void Canvas::end_page() { cairo_show_page(inside_->cairo.get()); }

Result<Bytes> Canvas::finish_pdf() {
  const auto drawn = cairo_status(inside_->cairo.get());
  inside_->cairo.reset();
  cairo_surface_finish(inside_->surface.get());
  const auto written = cairo_surface_status(inside_->surface.get());
  const auto status = drawn != CAIRO_STATUS_SUCCESS ? drawn : written;
  if (status != CAIRO_STATUS_SUCCESS)
    return fail(
        ErrorCode::internal, "print_failed",
        std::string("printing a form to PDF: Cairo reports ") + cairo_status_to_string(status));
  return std::move(inside_->pdf);
}

// What was drawn is recorded, and painted a band of rows at a time: a whole page of colours takes
// 35 MB at 300 dpi, and handing a process fresh memory costs more than drawing.
Result<GrayImage> Canvas::finish_pixels(Dpi dpi) {
  auto* recorded = inside_->surface.get();
  cairo_rectangle_t page{};
  cairo_recording_surface_get_extents(recorded, &page);
  GrayImage image{cv::Mat(static_cast<int>(page.height), static_cast<int>(page.width), CV_8UC1),
                  dpi, false};
  const Owned<cairo_surface_t> band(
      cairo_image_surface_create(CAIRO_FORMAT_RGB24, image.width(), kBandRows));
  for (int top = 0; top < image.height(); top += kBandRows) {
    const Owned<cairo_t> painter(cairo_create(band.get()));
    cairo_set_source_surface(painter.get(), recorded, 0, -top);
    cairo_paint(painter.get());
    cairo_surface_flush(band.get());
    for (const auto status : {cairo_status(inside_->cairo.get()), cairo_status(painter.get())})
      if (status != CAIRO_STATUS_SUCCESS)
        return fail(ErrorCode::internal, "print_failed",
                    std::string("printing a form to pixels: Cairo reports ") +
                        cairo_status_to_string(status));
    const int rows = std::min(kBandRows, image.height() - top);
    to_gray(band.get(), image.pixels.rowRange(top, top + rows));
  }
  return image;
}

}  // namespace postkamer::forms
