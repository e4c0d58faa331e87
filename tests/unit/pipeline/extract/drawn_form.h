// SPDX-License-Identifier: EUPL-1.2
//
// Forms drawn for the tests of registration and of the form classifier, and scans of them with a
// known map. Seeded; no fonts: text is rows of small bars and stems.
#pragma once

#include <cmath>
#include <random>

#include <opencv2/imgproc.hpp>

#include "pipeline/extract/registration.h"
#include "pipeline/model/geometry.h"
#include "pipeline/model/image.h"

namespace postkamer::extract {

inline constexpr double kDrawnDpi = 200.0;

class FormDrawing {
 public:
  explicit FormDrawing(unsigned seed, double width_mm = 210.0, double height_mm = 297.0)
      : random_(seed) {
    blank_.width_mm = width_mm;
    blank_.height_mm = height_mm;
    blank_.image.dpi = Dpi{kDrawnDpi};
    blank_.image.pixels = cv::Mat(static_cast<int>(height_mm * ppm()),
                                  static_cast<int>(width_mm * ppm()), CV_8UC1, cv::Scalar(255));
  }

  static double ppm() { return pixels_per_mm(Dpi{kDrawnDpi}); }

  int draw(int low, int high) {
    return low + static_cast<int>(random_() % static_cast<unsigned>(high - low + 1));
  }

  void bar(const Rect& mm) { cv::rectangle(blank_.image.pixels, px(mm), 0, cv::FILLED); }
  void box(const Rect& mm) { cv::rectangle(blank_.image.pixels, px(mm), 0, 2); }

  void words(double x, double y, double width_mm) {
    double at = x;
    while (at < x + width_mm) {
      const int letters = draw(2, 8);
      for (int i = 0; i < letters && at < x + width_mm; ++i) {
        const double width = 0.1 * draw(9, 17);
        const double height = draw(0, 3) == 0 ? 2.6 : 1.8;
        bar({at, y - height, 0.35, height});
        if (draw(0, 2) != 0) bar({at, y - 0.35, width, 0.35});
        if (draw(0, 1) != 0) bar({at, y - height, width, 0.35});
        at += width + 0.5;
      }
      at += 1.5;
    }
  }

  void comb(double x, double y, int cells) {
    for (int i = 0; i < cells; ++i) box({x + 5.0 * i, y, 4.6, 6.0});
  }

  // A page as forms look: title, sections with bars, labels with combs or boxes.
  BlankPage finished() {
    words(70, 20, 60);
    bar({15, 12, 18, 14});
    double y = 34;
    while (y < blank_.height_mm - 40) {
      bar({15, y, blank_.width_mm - 30, 5});
      y += 9;
      const int rows = draw(2, 5);
      for (int row = 0; row < rows && y < blank_.height_mm - 30; ++row, y += 9) {
        words(17, y + 4, draw(12, 34));
        if (draw(0, 2) == 0)
          box({62, y, static_cast<double>(draw(40, 120)), 6});
        else
          comb(62 + draw(0, 6), y, draw(4, 20));
      }
      y += 4;
    }
    words(17, blank_.height_mm - 14, 110);
    return blank_;
  }

  BlankPage blank() const { return blank_; }

 private:
  static cv::Rect px(const Rect& mm) {
    return {static_cast<int>(std::lround(mm.x * ppm())),
            static_cast<int>(std::lround(mm.y * ppm())),
            std::max(1, static_cast<int>(std::lround(mm.width * ppm()))),
            std::max(1, static_cast<int>(std::lround(mm.height * ppm())))};
  }

  std::mt19937 random_;
  BlankPage blank_;
};

inline BlankPage drawn_form(unsigned seed) { return FormDrawing(seed).finished(); }

// How a paper lies under the scanner.
struct Scanned {
  double degrees = 0.0;
  double scale = 1.0;
  double stretch = 1.0;  // of the height only: the roller's
  Point shift_mm;
  std::array<double, 2> perspective{};  // last row of the map, per mm
  QuarterTurn turn = QuarterTurn::none;
};

// mm of the form to px of the picture, before the quarter turn.
inline Transform scan_map(const Scanned& how) {
  const double ppm = FormDrawing::ppm();
  Transform map = then(Transform::translation(-105, -148.5),
                       Transform::scale(how.scale, how.scale * how.stretch));
  map = then(map, Transform::rotation(how.degrees * std::numbers::pi / 180.0));
  map = then(map, Transform{{1, 0, 0, 0, 1, 0, how.perspective[0], how.perspective[1], 1}});
  map = then(map, Transform::translation(110 + how.shift_mm.x, 153.5 + how.shift_mm.y));
  return then(map, Transform::scale(ppm, ppm));
}

// A bilevel picture 5 mm larger than the paper on all sides.
inline GrayImage scan(const cv::Mat& filled, const Scanned& how) {
  const double ppm = FormDrawing::ppm();
  const Transform map =
      then(then(then(Transform::translation(0.5, 0.5), Transform::scale(1 / ppm, 1 / ppm)),
                scan_map(how)),
           Transform::translation(-0.5, -0.5));
  const auto& m = map.m;
  const cv::Matx33d matrix{m[0], m[1], m[2], m[3], m[4], m[5], m[6], m[7], m[8]};
  GrayImage out;
  out.dpi = Dpi{kDrawnDpi};
  cv::warpPerspective(filled, out.pixels, matrix,
                      {static_cast<int>(220 * ppm), static_cast<int>(307 * ppm)}, cv::INTER_LINEAR,
                      cv::BORDER_CONSTANT, 255);
  cv::threshold(out.pixels, out.pixels, 140, 255, cv::THRESH_BINARY);
  if (how.turn != QuarterTurn::none) {
    const std::array codes{0, static_cast<int>(cv::ROTATE_90_CLOCKWISE),
                           static_cast<int>(cv::ROTATE_180),
                           static_cast<int>(cv::ROTATE_90_COUNTERCLOCKWISE)};
    cv::Mat moved;
    cv::rotate(out.pixels, moved, codes[static_cast<std::size_t>(how.turn)]);
    out.pixels = moved;
  }
  out.is_bilevel = true;
  return out;
}

// The form with pen strokes in a third of its area.
inline cv::Mat filled_in(const BlankPage& blank, unsigned seed) {
  cv::Mat out = blank.image.pixels.clone();
  std::mt19937 random(seed);
  const auto draw = [&random](int low, int high) {
    return low + static_cast<int>(random() % static_cast<unsigned>(high - low + 1));
  };
  for (int word = 0; word < 70; ++word) {
    cv::Point at{draw(out.cols / 4, out.cols * 3 / 4), draw(out.rows / 8, out.rows * 9 / 10)};
    for (int stroke = 0; stroke < 14; ++stroke) {
      const cv::Point next{at.x + draw(-6, 16), at.y + draw(-18, 18)};
      cv::line(out, at, next, 0, 3, cv::LINE_AA);
      at = next;
    }
  }
  return out;
}

}  // namespace postkamer::extract
