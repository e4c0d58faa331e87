// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/extract/label_print.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <opencv2/imgproc.hpp>

#include "pipeline/extract/registration_match.h"
#include "pipeline/extract/zone_readers.h"

namespace postkamer::extract {
namespace {

constexpr double kLabelHeight = 3.2;  // of the strip above a box in which a label stands, mm
constexpr double kLabelGap = 0.6;     // between the strip and the box, mm
constexpr double kLabelWidth = 25.0;  // at most: behind it others may begin
constexpr int kSlack = 4;        // quarters of a millimetre that a label may be beside its place
constexpr double kUntold = 2.0;  // more than any likeness
// A label that is so much less alike than the better ones of its page is another one, or under a
// stamp. Exchanged labels of our forms: 0.24 to 0.63, most below 0.52; the form's own on the sample
// scans 0.76 and more, on every fifth page of twin-dev 0.52 and more but for 2 % of them.
constexpr double kOther = 0.52;
constexpr double kUsual = 0.85;  // pages of twin-dev: 0.93 to 0.97
constexpr int kManyOthers = 5;
constexpr int kInk = 60;         // darkness of the blank that is print
constexpr int kLeastPrint = 12;  // quarters of a millimetre of it; less tells nothing

Rect above(const Rect& box) {
  return {box.x, box.y - kLabelHeight - kLabelGap, kLabelWidth, kLabelHeight};
}

Rect behind(const Rect& tick) {
  return {tick.right() + 2 * kLabelGap, tick.y, kLabelWidth, tick.height};
}

std::vector<Rect> labels_of(const forms::Field& field) {
  std::vector<Rect> labels;
  const bool has_place = field.label_box.area() > 0;
  if (has_place)
    labels.push_back(field.label_box);
  else
    labels.push_back(field.type == forms::FieldType::checkbox ? behind(field.box)
                                                              : above(field.box));
  for (const forms::Option& option : field.options) labels.push_back(behind(option.box));
  return labels;
}

cv::Rect px_of(const Rect& mm, cv::Size within) {
  const cv::Rect box(static_cast<int>(std::floor(mm.x * kPrintPpm)),
                     static_cast<int>(std::floor(mm.y * kPrintPpm)),
                     static_cast<int>(std::ceil(mm.width * kPrintPpm)),
                     static_cast<int>(std::ceil(mm.height * kPrintPpm)));
  return box & cv::Rect({0, 0}, within);
}

// How alike the print in `place` and the best piece of the page near it are, -1..1.
double likeness(const cv::Mat& page, const cv::Mat& print, const cv::Rect& place) {
  const cv::Rect near = cv::Rect(place.x - kSlack, place.y - kSlack, place.width + 2 * kSlack,
                                 place.height + 2 * kSlack) &
                        cv::Rect({0, 0}, page.size());
  cv::Mat alike;
  cv::matchTemplate(page(near), print(place), alike, cv::TM_CCOEFF_NORMED);
  double best = 0.0;
  cv::minMaxLoc(alike, nullptr, &best);
  return best;
}

// How alike the worst of its labels is; kUntold where the form prints none.
double label_found(const cv::Mat& page, const PreparedBlank& blank, const forms::Field& field) {
  double worst = kUntold;
  for (const Rect& label : labels_of(field)) {
    const cv::Rect strip = px_of(label, blank.print.size());
    if (strip.empty()) continue;
    const cv::Mat print = blank.print(strip) > kInk;
    if (cv::countNonZero(print) < kLeastPrint) continue;
    const cv::Rect place = cv::boundingRect(print) + strip.tl();
    worst = std::min(worst, std::max(0.0, likeness(page, blank.print, place)));
  }
  return worst;
}

const forms::Field* field_named(const forms::Form& form, const std::string& name) {
  const auto found = std::ranges::find(form.fields, name, &forms::Field::name);
  return found == form.fields.end() ? nullptr : &*found;
}

}  // namespace

bool check_labels(const cv::Mat& darkness, const PreparedBlank& blank, const forms::Form& form,
                  std::vector<Reading>& readings) {
  std::vector<double> alike;
  for (const Reading& reading : readings) {
    const forms::Field* field = field_named(form, reading.field);
    const bool is_asked = field != nullptr && field->type != forms::FieldType::barcode;
    alike.push_back(is_asked ? label_found(darkness, blank, *field) : kUntold);
  }
  std::vector<double> told = alike;
  std::erase(told, kUntold);
  if (told.empty()) return false;
  // The better labels of the same page tell what can be expected of it; where all are others',
  // other pages do.
  std::ranges::sort(told);
  const double least = kOther * std::max(kUsual, told[told.size() * 4 / 5]);
  const bool is_other_form =
      std::ranges::count_if(told, [&](double one) { return one < least; }) >= kManyOthers;
  for (std::size_t i = 0; i < readings.size(); ++i) {
    const forms::Field* field = field_named(form, readings[i].field);
    if (field != nullptr && (is_other_form || (alike[i] != kUntold && alike[i] < least)))
      check_print(0.0, *field, readings[i]);
  }
  return is_other_form;
}

}  // namespace postkamer::extract
