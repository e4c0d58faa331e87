// SPDX-License-Identifier: EUPL-1.2
//
// A page for a test in a few lines, drawn with Cairo and Pango:
//
//   GrayImage page = PageBuilder().text({20, 30}, "Gemeente Waterdam", 14)
//                                 .paragraph({20, 50, 170, 200}, long_text)
//                                 .gray(Degrees{4.5});
//
// All positions are millimetres from the top-left corner. Deterministic for equal fonts.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "pipeline/base/units.h"
#include "pipeline/model/geometry.h"
#include "pipeline/model/image.h"

namespace postkamer::support {

// Red, green, blue.
struct Ink {
  double red = 0.1;
  double green = 0.1;
  double blue = 0.1;
};

struct Type {
  double size_pt = 11.0;
  std::string font = "DejaVu Sans";  // a Pango font name, style words included
  Ink ink{};
  Degrees turn{};  // of the text about its starting point, clockwise
};

class PageBuilder {
 public:
  explicit PageBuilder(Dpi dpi = {300.0}, double width_mm = 210.0, double height_mm = 297.0);
  ~PageBuilder();
  PageBuilder(PageBuilder&&) noexcept;
  PageBuilder& operator=(PageBuilder&&) noexcept;

  // One line of text; `at` is its top-left corner.
  PageBuilder& text(Point at, const std::string& words, const Type& type);
  PageBuilder& text(Point at, const std::string& words, double size_pt = 11.0);
  // Text broken into lines at the width of `box`; '\n' ends a paragraph. The height is not checked.
  PageBuilder& paragraph(const Rect& box, const std::string& words, const Type& type = {});
  PageBuilder& line(Point from, Point to, double width_mm = 0.3, Ink ink = {});
  PageBuilder& frame(const Rect& box, double width_mm = 0.3, Ink ink = {});
  PageBuilder& filled(const Rect& box, Ink ink = {});
  // A pen stroke through these points, rounded.
  PageBuilder& stroke(const std::vector<Point>& points, double width_mm, Ink ink);

  // CV_8UC3, red-green-blue, 255 = paper.
  [[nodiscard]] cv::Mat rgb() const;
  // The page as gray pixels; with `skew` turned clockwise about its middle on a canvas of the same
  // size, white where nothing is.
  [[nodiscard]] GrayImage gray(Degrees skew = {}) const;

 private:
  struct Surface;
  std::unique_ptr<Surface> surface_;
};

}  // namespace postkamer::support
