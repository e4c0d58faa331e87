// SPDX-License-Identifier: EUPL-1.2
#include "tests/support/page_builder.h"

#include <cairo.h>
#include <pango/pangocairo.h>

#include <cmath>
#include <opencv2/imgproc.hpp>
#include <utility>

namespace postkamer::support {

struct PageBuilder::Surface {
  Dpi dpi;
  cairo_surface_t* pixels = nullptr;
  cairo_t* pen = nullptr;

  Surface(Dpi resolution, int width, int height)
      : dpi(resolution),
        pixels(cairo_image_surface_create(CAIRO_FORMAT_RGB24, width, height)),
        pen(cairo_create(pixels)) {}
  ~Surface() {
    cairo_destroy(pen);
    cairo_surface_destroy(pixels);
  }
  Surface(const Surface&) = delete;
  Surface& operator=(const Surface&) = delete;
};

namespace {

void set_ink(cairo_t* pen, const Ink& ink) {
  cairo_set_source_rgb(pen, ink.red, ink.green, ink.blue);
}

// Draws `words` with the pen's place as top-left corner; `width_mm` 0 = one line.
void lay_out(cairo_t* pen, const std::string& words, const Type& type, double width_mm) {
  // In points, not millimetres: Pango rounds line heights to whole units.
  constexpr double kMmPerPoint = kMillimetresPerInch / 72;
  cairo_scale(pen, kMmPerPoint, kMmPerPoint);
  PangoLayout* layout = pango_cairo_create_layout(pen);
  pango_context_set_round_glyph_positions(pango_layout_get_context(layout), FALSE);
  cairo_font_options_t* options = cairo_font_options_create();
  cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
  cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
  cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
  pango_cairo_context_set_font_options(pango_layout_get_context(layout), options);
  PangoFontDescription* font = pango_font_description_from_string(type.font.c_str());
  pango_font_description_set_absolute_size(font, type.size_pt * PANGO_SCALE);
  pango_layout_set_font_description(layout, font);
  if (width_mm > 0) {
    pango_layout_set_width(layout, static_cast<int>(width_mm / kMmPerPoint * PANGO_SCALE));
  }
  pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
  pango_layout_set_line_spacing(layout, width_mm > 0 ? 1.15F : 0.0F);
  pango_layout_set_text(layout, words.c_str(), static_cast<int>(words.size()));
  set_ink(pen, type.ink);
  pango_cairo_update_layout(pen, layout);
  pango_cairo_show_layout(pen, layout);
  pango_font_description_free(font);
  cairo_font_options_destroy(options);
  g_object_unref(layout);
}

}  // namespace

PageBuilder::PageBuilder(Dpi dpi, double width_mm, double height_mm)
    : surface_(std::make_unique<Surface>(
          dpi, static_cast<int>(std::lround(width_mm * pixels_per_mm(dpi))),
          static_cast<int>(std::lround(height_mm * pixels_per_mm(dpi))))) {
  cairo_set_source_rgb(surface_->pen, 1, 1, 1);
  cairo_paint(surface_->pen);
  cairo_scale(surface_->pen, pixels_per_mm(dpi), pixels_per_mm(dpi));
}

PageBuilder::~PageBuilder() = default;
PageBuilder::PageBuilder(PageBuilder&&) noexcept = default;
PageBuilder& PageBuilder::operator=(PageBuilder&&) noexcept = default;

PageBuilder& PageBuilder::text(Point at, const std::string& words, const Type& type) {
  cairo_t* pen = surface_->pen;
  cairo_save(pen);
  cairo_translate(pen, at.x, at.y);
  cairo_rotate(pen, type.turn.radians());
  cairo_move_to(pen, 0, 0);
  lay_out(pen, words, type, 0);
  cairo_restore(pen);
  return *this;
}

PageBuilder& PageBuilder::text(Point at, const std::string& words, double size_pt) {
  Type type;
  type.size_pt = size_pt;
  return text(at, words, type);
}

PageBuilder& PageBuilder::paragraph(const Rect& box, const std::string& words, const Type& type) {
  cairo_t* pen = surface_->pen;
  cairo_save(pen);
  cairo_translate(pen, box.x, box.y);
  cairo_rotate(pen, type.turn.radians());
  cairo_move_to(pen, 0, 0);
  lay_out(pen, words, type, box.width);
  cairo_restore(pen);
  return *this;
}

PageBuilder& PageBuilder::line(Point from, Point to, double width_mm, Ink ink) {
  return stroke({from, to}, width_mm, ink);
}

PageBuilder& PageBuilder::frame(const Rect& box, double width_mm, Ink ink) {
  set_ink(surface_->pen, ink);
  cairo_set_line_width(surface_->pen, width_mm);
  cairo_rectangle(surface_->pen, box.x, box.y, box.width, box.height);
  cairo_stroke(surface_->pen);
  return *this;
}

PageBuilder& PageBuilder::filled(const Rect& box, Ink ink) {
  set_ink(surface_->pen, ink);
  cairo_rectangle(surface_->pen, box.x, box.y, box.width, box.height);
  cairo_fill(surface_->pen);
  return *this;
}

PageBuilder& PageBuilder::stroke(const std::vector<Point>& points, double width_mm, Ink ink) {
  if (points.empty()) return *this;
  cairo_t* pen = surface_->pen;
  set_ink(pen, ink);
  cairo_set_line_width(pen, width_mm);
  cairo_set_line_cap(pen, CAIRO_LINE_CAP_ROUND);
  cairo_set_line_join(pen, CAIRO_LINE_JOIN_ROUND);
  cairo_new_path(pen);
  cairo_move_to(pen, points[0].x, points[0].y);
  for (std::size_t i = 1; i + 1 < points.size(); ++i) {
    // A quadratic through the middles of neighbouring points, written as the cubic Cairo knows.
    const Point control = points[i];
    const Point end{(points[i].x + points[i + 1].x) / 2, (points[i].y + points[i + 1].y) / 2};
    double x = 0;
    double y = 0;
    cairo_get_current_point(pen, &x, &y);
    cairo_curve_to(pen, x + (control.x - x) * 2 / 3, y + (control.y - y) * 2 / 3,
                   end.x + (control.x - end.x) * 2 / 3, end.y + (control.y - end.y) * 2 / 3, end.x,
                   end.y);
  }
  cairo_line_to(pen, points.back().x, points.back().y);
  cairo_stroke(pen);
  return *this;
}

cv::Mat PageBuilder::rgb() const {
  cairo_surface_flush(surface_->pixels);
  const cv::Mat bgrx(cairo_image_surface_get_height(surface_->pixels),
                     cairo_image_surface_get_width(surface_->pixels), CV_8UC4,
                     cairo_image_surface_get_data(surface_->pixels),
                     static_cast<std::size_t>(cairo_image_surface_get_stride(surface_->pixels)));
  cv::Mat out;
  cv::cvtColor(bgrx, out, cv::COLOR_BGRA2RGB);
  return out;
}

GrayImage PageBuilder::gray(Degrees skew) const {
  GrayImage out;
  out.dpi = surface_->dpi;
  cv::cvtColor(rgb(), out.pixels, cv::COLOR_RGB2GRAY);
  if (skew.value == 0.0) return out;
  // OpenCV counts anticlockwise and puts pixel centres at whole numbers.
  const cv::Point2f middle(static_cast<float>(out.width() - 1) / 2,
                           static_cast<float>(out.height() - 1) / 2);
  cv::Mat turned;
  cv::warpAffine(out.pixels, turned, cv::getRotationMatrix2D(middle, -skew.value, 1.0),
                 out.pixels.size(), cv::INTER_CUBIC, cv::BORDER_CONSTANT, cv::Scalar::all(255));
  out.pixels = turned;
  return out;
}

}  // namespace postkamer::support
