// SPDX-License-Identifier: EUPL-1.2
#include "tests/unit/pipeline/ocr/rendered_text.h"

#include <pango/pangocairo.h>

namespace postkamer::test {

GrayImage render(const TextPage& page) {
  GrayImage image;
  image.pixels = cv::Mat(page.height, page.width, CV_8UC1);
  image.is_bilevel = true;
  cairo_surface_t* surface = cairo_image_surface_create(CAIRO_FORMAT_A8, page.width, page.height);
  cairo_t* cairo = cairo_create(surface);
  PangoLayout* layout = pango_cairo_create_layout(cairo);
  PangoFontDescription* font = pango_font_description_from_string(page.font.c_str());
  // Sizes in device units: a point is 300/72 px here, whatever the screen's resolution.
  pango_font_description_set_absolute_size(font, page.points * 300.0 / 72.0 * PANGO_SCALE);
  pango_layout_set_font_description(layout, font);
  pango_layout_set_text(layout, page.text.c_str(), -1);
  cairo_move_to(cairo, page.margin_px, page.margin_px);
  pango_cairo_show_layout(cairo, layout);
  cairo_surface_flush(surface);
  const unsigned char* data = cairo_image_surface_get_data(surface);
  const int stride = cairo_image_surface_get_stride(surface);
  for (int y = 0; y < page.height; ++y) {
    for (int x = 0; x < page.width; ++x) {
      const bool ink = data[static_cast<std::ptrdiff_t>(y) * stride + x] >= 128;
      image.pixels.at<std::uint8_t>(y, x) = ink ? 0 : 255;
    }
  }
  pango_font_description_free(font);
  g_object_unref(layout);
  cairo_destroy(cairo);
  cairo_surface_destroy(surface);
  return image;
}

}  // namespace postkamer::test
