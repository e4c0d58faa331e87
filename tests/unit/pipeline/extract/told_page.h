// SPDX-License-Identifier: EUPL-1.2
//
// A small form page with a scan of it, read by readers that a test tells what to see.
#pragma once

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <opencv2/core/utility.hpp>
#include <opencv2/imgproc.hpp>

#include "pipeline/extract/zones.h"

namespace postkamer::extract {

inline constexpr double kScale = 300.0 / 25.4;

// Tall glyphs are "1", wide ones "7".
class ShapeReader : public CharacterReader {
 public:
  CharacterCell read(const GrayImage& glyph, Set set) const override {
    sets.push_back(set);
    return {{{glyph.height() > 2 * glyph.width() ? "1" : "7", claim}}, 0.01};
  }
  std::string model() const override { return "test"; }
  double claim = 0.9;
  mutable std::vector<Set> sets;
};

class InkMarks : public MarkReader {
 public:
  MarkReading read(const GrayImage& added, const Rect& box) const override {
    const int ink = cv::countNonZero(~added.pixels);
    const double coverage = ink / (box.width * box.height);
    if (sees_blots && coverage > 0.4) return {MarkState::crossed_out, 0.9999, coverage};
    return {ink > 100 ? MarkState::marked : MarkState::empty, 0.98, coverage, 12 * coverage};
  }
  bool sees_blots = false;
};

class InkSignature : public SignatureReader {
 public:
  double present(const GrayImage& added) const override {
    return cv::countNonZero(~added.pixels) > 100 ? 0.97 : 0.02;
  }
};

class FixedText : public TextReader {
 public:
  Result<Line> read_line(const GrayImage&, std::string_view) override {
    if (broken) return fail(ErrorCode::internal, "ocr_failed", "test");
    ++lines;
    return Line{says, 0.9, {}};
  }
  std::string says = "Jansen";
  bool broken = false;
  int lines = 0;
};

class FixedLines : public LineReader {
 public:
  std::vector<Alternative> read(const GrayImage&) const override { return texts; }
  std::vector<CharacterCell> read_apart(const GrayImage&,
                                        const std::vector<ColumnRange>&) const override {
    ++asked_apart;
    return apart;
  }
  std::string model() const override { return "test"; }
  std::vector<Alternative> texts;
  std::vector<CharacterCell> apart;
  mutable int asked_apart = 0;
};

inline cv::Rect px(const Rect& mm) {
  return {cv::Point(static_cast<int>(mm.x * kScale), static_cast<int>(mm.y * kScale)),
          cv::Size(static_cast<int>(mm.width * kScale), static_cast<int>(mm.height * kScale))};
}

struct ToldPage {
  forms::Form form;
  BlankPage blank;
  GrayImage scan;
  Registration registration;
  Surroundings surroundings;
  ShapeReader characters;
  FixedLines lines;
  InkMarks marks;
  InkSignature signatures;
  FixedText text;
  Calibration calibration;

  ToldPage() {
    cv::setNumThreads(1);  // as in a worker: many small pictures
    form.id = "test";
    blank.image.pixels = cv::Mat(1000, 1000, CV_8U, cv::Scalar(255));
    registration.mm_to_original = Transform::scale(kScale, kScale);
  }

  forms::Field& add(const std::string& name, forms::FieldType type, const Rect& box, int cells) {
    forms::Field field;
    field.name = name;
    field.type = type;
    field.box = box;
    for (int i = 0; i < cells; ++i)
      field.cells.push_back({box.x + i * box.width / cells, box.y, box.width / cells, box.height});
    for (const auto& cell : field.cells) cv::rectangle(blank.image.pixels, px(cell), 0, 3);
    form.fields.push_back(field);
    return form.fields.back();
  }

  void option(forms::Field& field, const std::string& value, const Rect& box) {
    field.options.push_back({value, {}, box});
    cv::rectangle(blank.image.pixels, px(box), 0, 3);
  }

  // The scan is the blank until something is written.
  void print() { scan = {blank.image.pixels.clone(), Dpi{300.0}, true}; }
  void write(Point from, Point to, int width = 5) {
    cv::line(scan.pixels, {static_cast<int>(from.x * kScale), static_cast<int>(from.y * kScale)},
             {static_cast<int>(to.x * kScale), static_cast<int>(to.y * kScale)}, 0, width);
  }
  std::vector<Reading> read() {
    auto readings = read_zones(scan, registration, blank, surroundings, form, 1,
                               {characters, lines, marks, signatures, text, calibration});
    EXPECT_TRUE(readings.has_value());
    return readings.value_or(std::vector<Reading>{});
  }
};

}  // namespace postkamer::extract
