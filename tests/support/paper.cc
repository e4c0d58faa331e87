// SPDX-License-Identifier: EUPL-1.2
#include "tests/support/paper.h"

#include <cmath>
#include <opencv2/imgproc.hpp>

#include "tests/support/page_builder.h"

namespace postkamer::support {
namespace {

cv::Point pixel(const Sheet& sheet, Point mm) {
  const double px = pixels_per_mm(sheet.dpi);
  return {static_cast<int>(std::lround(mm.x * px)), static_cast<int>(std::lround(mm.y * px))};
}

double width_mm(const Sheet& sheet) { return sheet.side.cols / pixels_per_mm(sheet.dpi); }
double height_mm(const Sheet& sheet) { return sheet.side.rows / pixels_per_mm(sheet.dpi); }

// Ink on ink: the product of both, as with transparent colours.
void multiply(cv::Mat& onto, const cv::Mat& with) { cv::multiply(onto, with, onto, 1.0 / 255.0); }

// Puts a colour drawing on the sheet with its top-left corner at `at`.
void lay_on(Sheet& sheet, const cv::Mat& drawing, Point at_mm) {
  const cv::Rect place =
      cv::Rect(pixel(sheet, at_mm), drawing.size()) & cv::Rect({0, 0}, sheet.side.size());
  if (place.empty()) return;
  cv::Mat part = drawing(cv::Rect(place.tl() - pixel(sheet, at_mm), place.size()));
  if (sheet.side.channels() == 1) {
    cv::Mat gray;
    cv::cvtColor(part, gray, cv::COLOR_RGB2GRAY);
    part = gray;
  }
  cv::Mat under = sheet.side(place);
  multiply(under, part);
}

// A rubber stamp never takes ink evenly: cloudy patches go pale.
void wear(cv::Mat& drawing, Random& random) {
  cv::Mat clouds(drawing.rows / 12 + 2, drawing.cols / 12 + 2, CV_8UC1);
  for (int y = 0; y < clouds.rows; ++y) {
    for (int x = 0; x < clouds.cols; ++x) {
      clouds.at<std::uint8_t>(y, x) = static_cast<std::uint8_t>(random.whole(0, 150));
    }
  }
  cv::resize(clouds, clouds, drawing.size(), 0, 0, cv::INTER_CUBIC);
  cv::Mat colour_clouds;
  cv::cvtColor(clouds, colour_clouds, cv::COLOR_GRAY2RGB);
  cv::max(drawing, colour_clouds, drawing);
}

}  // namespace

Sheet pen_coloured(const GrayImage& blank, const GrayImage& filled, const cv::Scalar& rgb) {
  Sheet sheet{cv::Mat(filled.pixels.size(), CV_8UC3), filled.dpi};
  for (int y = 0; y < filled.height(); ++y) {
    const std::uint8_t* before = blank.pixels.ptr(y);
    const std::uint8_t* after = filled.pixels.ptr(y);
    std::uint8_t* to = sheet.side.ptr(y);
    for (int x = 0; x < filled.width(); ++x) {
      const double printed = before[x];
      const double pen = printed > 0 ? std::min(1.0, after[x] / printed) : 1.0;
      for (int c = 0; c < 3; ++c) {
        // The pen's lightest channel shows most; a gray pen gives the gray picture again.
        const double level = printed * (pen + (1 - pen) * rgb[c] / 255.0);
        to[3 * x + c] = cv::saturate_cast<std::uint8_t>(level);
      }
    }
  }
  return sheet;
}

void show_through(Sheet& sheet, const cv::Mat& back, double strength) {
  cv::Mat mirrored;
  cv::flip(back, mirrored, 1);
  cv::GaussianBlur(mirrored, mirrored, cv::Size(), pixels_per_mm(sheet.dpi) * 0.15);
  cv::Mat faint;
  mirrored.convertTo(faint, CV_8U, strength, 255.0 * (1 - strength));
  if (faint.channels() != sheet.side.channels()) {
    cv::cvtColor(faint, faint, faint.channels() == 1 ? cv::COLOR_GRAY2RGB : cv::COLOR_RGB2GRAY);
  }
  multiply(sheet.side, faint);
}

void punch_holes(Sheet& sheet, std::uint8_t lid) {
  const int radius = static_cast<int>(3.0 * pixels_per_mm(sheet.dpi));
  for (const double side : {-40.0, 40.0}) {
    const cv::Point at = pixel(sheet, {11.5, height_mm(sheet) / 2 + side});
    cv::circle(sheet.side, at, radius, cv::Scalar::all(lid == 255 ? 225 : lid), -1, cv::LINE_AA);
    cv::circle(sheet.side, at, radius, cv::Scalar::all(120), 2, cv::LINE_AA);
  }
}

void staple(Sheet& sheet, Random& random) {
  const Point from{random.between(5, 9), random.between(6, 12)};
  const double slant = random.between(-3, 9);
  const int thick = std::max(1, static_cast<int>(0.5 * pixels_per_mm(sheet.dpi)));
  cv::line(sheet.side, pixel(sheet, from), pixel(sheet, {from.x + 11, from.y + slant}),
           cv::Scalar::all(90), thick, cv::LINE_AA);
  cv::line(sheet.side, pixel(sheet, {from.x + 0.3, from.y - 0.3}),
           pixel(sheet, {from.x + 11, from.y + slant - 0.3}), cv::Scalar::all(215), 1, cv::LINE_AA);
}

void fold(Sheet& sheet, double y_mm) {
  const int middle = pixel(sheet, {0, y_mm}).y;
  const int reach = static_cast<int>(2.5 * pixels_per_mm(sheet.dpi));
  for (int y = std::max(0, middle - reach); y < std::min(sheet.side.rows, middle + reach); ++y) {
    const double away = std::abs(y - middle) / static_cast<double>(reach);
    const double level = y == middle ? 1.05 : 1.0 - 0.14 * (1 - away) * (1 - away);
    cv::Mat row = sheet.side.row(y);
    row.convertTo(row, -1, level);
  }
}

void tear_corner(Sheet& sheet, int corner, double mm, std::uint8_t lid, Random& random) {
  const double w = width_mm(sheet);
  const double h = height_mm(sheet);
  const Point tip{corner == 1 || corner == 2 ? w : 0, corner >= 2 ? h : 0};
  const double x = tip.x > 0 ? -1 : 1;
  const double y = tip.y > 0 ? -1 : 1;
  std::vector<cv::Point> outline{pixel(sheet, tip)};
  constexpr int kSteps = 12;
  for (int i = 0; i <= kSteps; ++i) {
    const double share = static_cast<double>(i) / kSteps;
    const double ragged = i == 0 || i == kSteps ? 0 : random.between(-0.6, 0.6);
    outline.push_back(
        pixel(sheet, {tip.x + x * (mm * (1 - share) + ragged), tip.y + y * (mm * share + ragged)}));
  }
  cv::fillPoly(sheet.side, std::vector<std::vector<cv::Point>>{outline}, cv::Scalar::all(lid),
               cv::LINE_AA);
}

void received_stamp(Sheet& sheet, Point at_mm, const std::string& date, Random& random) {
  PageBuilder drawing(sheet.dpi, 66, 42);
  const Ink violet{random.between(0.25, 0.4), random.between(0.1, 0.2), random.between(0.5, 0.65)};
  const Degrees crooked{random.between(-9, 9)};
  const double cosine = std::cos(crooked.radians());
  const double sine = std::sin(crooked.radians());
  const auto place = [&](double x, double y) {
    return Point{33 + (x - 27) * cosine - (y - 12) * sine,
                 21 + (x - 27) * sine + (y - 12) * cosine};
  };
  drawing.stroke({place(0, 0), place(54, 0)}, 0.7, violet);
  drawing.stroke({place(54, 0), place(54, 24)}, 0.7, violet);
  drawing.stroke({place(54, 24), place(0, 24)}, 0.7, violet);
  drawing.stroke({place(0, 24), place(0, 0)}, 0.7, violet);
  drawing.text(place(8, 2), "INGEKOMEN", Type{14, "DejaVu Sans Bold", violet, crooked});
  drawing.text(place(10, 9.5), date, Type{13, "DejaVu Sans Mono Bold", violet, crooked});
  drawing.text(place(5, 17.5), "Postkamer Waterdam", Type{9, "DejaVu Sans", violet, crooked});
  cv::Mat pixels = drawing.rgb();
  wear(pixels, random);
  lay_on(sheet, pixels, {at_mm.x - 6, at_mm.y - 9});
}

void margin_note(Sheet& sheet, Point at_mm, const std::string& words, Random& random) {
  PageBuilder drawing(sheet.dpi, 90, 40);
  const Ink pen{0.08, 0.12, 0.4};
  drawing.text({4, 16}, words, Type{15, "Breip", pen, Degrees{random.between(-8, 4)}});
  lay_on(sheet, drawing.rgb(), at_mm);
}

void sign(Sheet& sheet, const Rect& box_mm, const cv::Scalar& rgb, Random& random) {
  PageBuilder drawing(sheet.dpi, box_mm.width, box_mm.height);
  std::vector<Point> path;
  const int loops = random.whole(5, 9);
  const double run = box_mm.width * random.between(0.45, 0.75);
  const double start = box_mm.width * 0.1;
  for (int i = 0; i < loops * 4; ++i) {
    const double share = i / (loops * 4.0);
    const double swing = (i % 4 == 1 ? -1 : i % 4 == 3 ? 1 : 0) * random.between(0.08, 0.36);
    const double back = i % 4 == 2 ? -0.03 : 0.0;
    path.push_back({start + run * (share + back) + random.between(-0.5, 0.5),
                    box_mm.height * (0.5 + swing * (1 - 0.5 * share))});
  }
  path.push_back({start + run * 1.08, box_mm.height * random.between(0.35, 0.65)});
  const Ink pen{rgb[0] / 255, rgb[1] / 255, rgb[2] / 255};
  drawing.stroke(path, random.between(0.35, 0.6), pen);
  if (random.chance(0.5)) {
    drawing.stroke({{start, box_mm.height * 0.75},
                    {start + run * 0.5, box_mm.height * 0.7},
                    {start + run, box_mm.height * random.between(0.55, 0.8)}},
                   0.4, pen);
  }
  lay_on(sheet, drawing.rgb(), {box_mm.x, box_mm.y});
}

}  // namespace postkamer::support
