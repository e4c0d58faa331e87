// SPDX-License-Identifier: EUPL-1.2
//
// A sheet of paper to draw on, in millimetres: the only place that knows Cairo and Pango. One
// drawing code serves PDF and pixels, because text is laid out without hinting and independent of
// resolution. Internal to pipeline/forms.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "pipeline/base/error.h"
#include "pipeline/forms/print.h"
#include "pipeline/model/geometry.h"

namespace postkamer::forms {

struct Colour {
  double red = 0.0;  // 0..1
  double green = 0.0;
  double blue = 0.0;
};

// "#1a2a6c" -> Colour; black for anything that is not six hexadecimal digits after '#'.
Colour colour_of(std::string_view hex);

enum class Align {
  left,
  centre,
  right
};

struct TextStyle {
  std::string family = "Liberation Sans";
  double size_pt = 9.0;
  bool bold = false;
  bool italic = false;
  Colour colour;
  Align align = Align::left;
};

// How one written word or character deviates from type.
struct Hand {
  double angle = 0.0;    // radians, clockwise
  double slant = 0.0;    // sideways shift per unit of height, rightwards positive
  double stretch = 1.0;  // horizontal scale
};

class Canvas {
 public:
  // One page of pixels at `dpi`, white.
  static Canvas pixels(double width_mm, double height_mm, Dpi dpi);
  // A PDF; every page is begun with begin_page.
  static Canvas pdf(double width_mm, double height_mm, const std::string& title);
  // Draws nowhere: for measuring.
  static Canvas nowhere();

  Canvas(Canvas&&) noexcept;
  Canvas& operator=(Canvas&&) noexcept;
  ~Canvas();

  void fill(const Rect& box, Colour colour);
  void frame(const Rect& box, double line_mm, Colour colour, bool dashed = false);
  void line(Point from, Point to, double line_mm, Colour colour);
  // A pen stroke through the points: straight pieces, or a smooth curve.
  void stroke(const std::vector<Point>& points, double line_mm, Colour colour, bool smooth);
  // A closed shape through the points, filled.
  void polygon(const std::vector<Point>& points, Colour colour, bool smooth);
  void disc(Point centre, double radius, Colour colour);
  // Many rectangles as one shape, so that no seams show between neighbours.
  void fill_all(const std::vector<Rect>& boxes, Colour colour);

  // Text inside `box` from its top, wrapped at its width; gives what it covers.
  Rect text(const std::string& words, const Rect& box, const TextStyle& style);
  // The size the text would have, wrapped at `width_mm` (no wrapping when <= 0).
  Rect measure(const std::string& words, double width_mm, const TextStyle& style);
  // One line of writing with its baseline starting at `at`; not among the printed words.
  void write(const std::string& words, Point at, const TextStyle& style, const Hand& hand);
  // Size in points at which capitals of this style are `cap_mm` high.
  double size_for_capitals(const TextStyle& style, double cap_mm);

  // Words put down by `text` so far, in drawing order.
  [[nodiscard]] const std::vector<PrintedWord>& words() const;

  void begin_page(double width_mm, double height_mm);
  void end_page();
  // The finished PDF. Fails with: internal when Cairo reports an error.
  Result<Bytes> finish_pdf();
  // The pixels as gray. Fails with: internal when Cairo reports an error.
  Result<GrayImage> finish_pixels(Dpi dpi);

 private:
  struct Inside;
  explicit Canvas(std::unique_ptr<Inside> inside);
  std::unique_ptr<Inside> inside_;
};

}  // namespace postkamer::forms
