// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/extract/label_print.h"

#include <algorithm>
#include <string>
#include <vector>

#include <opencv2/imgproc.hpp>

#include "pipeline/extract/patch.h"
#include "pipeline/extract/zone_readers.h"

namespace postkamer::extract {
namespace {

constexpr double kLabelHeight = 3.2;  // of the strip above a box in which a label stands, mm
constexpr double kLabelGap = 0.6;     // between the strip and the box, mm
constexpr double kLabelWidth = 25.0;  // at most: behind it others may begin
constexpr double kSlack = 0.7;        // that a label may be beside its place, mm
constexpr double kUntold = 2.0;       // more than any finding
// A label that is found so much less than the better ones of its page is another one. Of those of
// twin-dev's pages one in a hundred is below 0.87 and none below 0.83; of exchanged ones half are
// below 0.39, three in four below 0.58.
constexpr double kOther = 0.75;
constexpr double kUsual = 0.97;  // where the better ones of the page are no better than this
constexpr int kManyOthers = 5;
// Found so well in its very place a label need not be looked for beside it.
constexpr double kCertain = 0.9;
// What is a letter: its height and the most of its width, mm. Fewer of them tell nothing.
constexpr double kLeastLetter = 0.7;
constexpr double kMostLetter = 3.0;
constexpr double kWidestLetter = 5.0;
constexpr int kLeastLetters = 3;

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

// The letters of a piece of the blank, without lines and pieces of frames; empty when there are too
// few to tell anything.
cv::Mat letters_of(const cv::Mat& print) {
  const double px_per_mm = pixels_per_mm(kZoneDpi);
  cv::Mat labels;
  cv::Mat stats;
  cv::Mat centres;
  const int strokes = cv::connectedComponentsWithStats(print, labels, stats, centres, 8, CV_32S);
  std::vector<std::uint8_t> shade(static_cast<std::size_t>(strokes), 0);
  int count = 0;
  for (int label = 1; label < strokes; ++label) {
    const double width = stats.at<int>(label, cv::CC_STAT_WIDTH) / px_per_mm;
    const double height = stats.at<int>(label, cv::CC_STAT_HEIGHT) / px_per_mm;
    if (height < kLeastLetter || height > kMostLetter || width > kWidestLetter) continue;
    shade[static_cast<std::size_t>(label)] = 255;
    ++count;
  }
  if (count < kLeastLetters) return {};
  cv::Mat letters(print.size(), CV_8U);
  for (int y = 0; y < letters.rows; ++y) {
    const auto* of = labels.ptr<int>(y);
    std::transform(of, of + letters.cols, letters.ptr<std::uint8_t>(y),
                   [&](int label) { return shade[static_cast<std::size_t>(label)]; });
  }
  return letters;
}

cv::Mat dilated(const cv::Mat& mask, int side) {
  cv::Mat out;
  cv::dilate(mask, out, cv::getStructuringElement(cv::MORPH_RECT, {side, side}));
  return out;
}

// The share of `wanted` that is in `ink`, of one size, 0..1.
double share(const cv::Mat& ink, const cv::Mat& wanted) {
  return cv::countNonZero(ink & wanted) /
         static_cast<double>(std::max(1, cv::countNonZero(wanted)));
}

// The same for every place in a larger `ink` where `wanted` may lie.
cv::Mat shares(const cv::Mat& ink, const cv::Mat& wanted) {
  cv::Mat seen;
  cv::Mat weight;
  ink.convertTo(seen, CV_32F, 1.0 / 255.0);
  wanted.convertTo(weight, CV_32F, 1.0 / std::max(1, cv::countNonZero(wanted)) / 255.0);
  cv::Mat out;
  cv::matchTemplate(seen, weight, out, cv::TM_CCORR);
  return out;
}

// How well the label stands near its place, up to 1: the share of its letters that has ink, less
// the share of ink right around them, where its own paper is white and another text has strokes.
// kUntold where the form prints none.
double label_found(const GrayImage& original, const Registration& registration,
                   const BlankPage& blank, const Rect& label) {
  const cv::Mat letters = letters_of(cut_blank(blank, {label, kZoneDpi}));
  if (letters.empty()) return kUntold;
  const cv::Mat page = cut_page(original, registration, {grown(label, kSlack), kZoneDpi});
  const cv::Mat ink = ink_mask(page, original.is_bilevel, kZoneDpi);
  const cv::Mat wide = dilated(ink, 3);
  const cv::Mat around = dilated(letters, 9) & ~dilated(letters, 5);
  const cv::Rect place({(ink.cols - letters.cols) / 2, (ink.rows - letters.rows) / 2},
                       letters.size());
  const double there = share(wide(place), letters) - share(ink(place), around);
  if (there >= kCertain) return there;
  double best = 0.0;
  cv::minMaxLoc(shares(wide, letters) - shares(ink, around), nullptr, &best);
  return std::max(0.0, best);
}

const forms::Field* field_named(const forms::Form& form, const std::string& name) {
  const auto found = std::ranges::find(form.fields, name, &forms::Field::name);
  return found == form.fields.end() ? nullptr : &*found;
}

}  // namespace

bool check_labels(const GrayImage& original, const Registration& registration,
                  const BlankPage& blank, const forms::Form& form, std::vector<Reading>& readings) {
  std::vector<double> alike;
  for (const Reading& reading : readings) {
    double worst = kUntold;
    const forms::Field* field = field_named(form, reading.field);
    if (field != nullptr && field->type != forms::FieldType::barcode)
      for (const Rect& label : labels_of(*field))
        worst = std::min(worst, label_found(original, registration, blank, label));
    alike.push_back(worst);
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
