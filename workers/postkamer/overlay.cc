// SPDX-License-Identifier: EUPL-1.2
#include "workers/postkamer/overlay.h"

#include <algorithm>

#include <opencv2/imgproc.hpp>

namespace postkamer {
namespace {

const cv::Scalar kRead(40, 160, 40);
const cv::Scalar kDoubt(0, 120, 255);
const cv::Scalar kCell(220, 160, 60);
constexpr double kScale = 0.5;

void draw_box(cv::Mat& canvas, const Transform& mm_to_px, const Rect& box, const cv::Scalar& colour,
              int thickness) {
  const Point corners[] = {
      {box.x, box.y}, {box.right(), box.y}, {box.right(), box.bottom()}, {box.x, box.bottom()}};
  std::vector<cv::Point> outline;
  for (const auto& corner : corners) {
    const Point p = mm_to_px.apply(corner);
    outline.emplace_back(cvRound(p.x * kScale), cvRound(p.y * kScale));
  }
  cv::polylines(canvas, outline, true, colour, thickness, cv::LINE_AA);
}

std::string shown(const Value& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  if (const auto* mark = std::get_if<bool>(&value)) return *mark ? "ja" : "nee";
  if (const auto* several = std::get_if<std::vector<std::string>>(&value)) {
    std::string joined;
    for (const auto& one : *several) joined += (joined.empty() ? "" : "+") + one;
    return joined;
  }
  return "";
}

}  // namespace

cv::Mat draw_overlay(const UprightPage& page, const extract::Registration& registration,
                     const forms::Form& form, int number, const std::vector<FieldResult>& fields) {
  cv::Mat small, canvas;
  cv::resize(page.upright.pixels, small, {}, kScale, kScale, cv::INTER_AREA);
  cv::cvtColor(small, canvas, cv::COLOR_GRAY2BGR);
  for (const auto& field : form.fields) {
    if (field.page != number) continue;
    const auto result = std::ranges::find(fields, field.name, &FieldResult::field);
    const bool fine = result != fields.end() && result->accepted;
    for (const auto& cell : field.cells)
      draw_box(canvas, registration.mm_to_upright, cell, kCell, 1);
    for (const auto& option : field.options)
      draw_box(canvas, registration.mm_to_upright, option.box, kCell, 1);
    draw_box(canvas, registration.mm_to_upright, field.box, fine ? kRead : kDoubt, 2);
    if (result == fields.end()) continue;
    const Point corner = registration.mm_to_upright.apply({field.box.x, field.box.y});
    cv::putText(canvas, shown(result->value),
                {cvRound(corner.x * kScale), cvRound(corner.y * kScale) - 4},
                cv::FONT_HERSHEY_SIMPLEX, 0.5, fine ? kRead : kDoubt, 1, cv::LINE_AA);
  }
  return canvas;
}

}  // namespace postkamer
