// SPDX-License-Identifier: EUPL-1.2
#include <algorithm>
#include <limits>
#include <utility>

#include "pipeline/extract/added_ink.h"
#include "pipeline/extract/own_ink.h"
#include "pipeline/extract/zone_readers.h"

namespace postkamer::extract {
namespace {

using forms::FieldType;

// Ticks and crosses leave their box by up to this much.
constexpr double kAroundMm = 2.5;

// One box of several beside another: blotted out when its inside is inked to at least this share,
// and at least so many times as much as the lightest marked one.
constexpr double kBlotCoverage = 0.4;
constexpr double kBlotRatio = 1.8;
// Or struck through: a line through it meets at least so many strokes, and so many times as many as
// in the plainest marked one.
constexpr double kStruckCrossings = 2.3;
constexpr double kStruckRatio = 1.4;
// No blot is surer than this to be no mark, a cautious guess: people who fill one box and cross
// another exist too, and some fill a box beyond its frame to tick it.
constexpr double kMostSureOfBlot = 0.9;

struct OptionMark {
  MarkReading mark;
  double print_found = 1.0;
  std::string_view doubt{};  // of own_ink.h
  // That the box counts as ticked.
  [[nodiscard]] double ticked() const {
    return mark.state == MarkState::marked ? mark.probability : 1.0 - mark.probability;
  }
  [[nodiscard]] bool is_ticked() const { return mark.state == MarkState::marked; }
  [[nodiscard]] bool is_crossed_out() const { return mark.state == MarkState::crossed_out; }
};

OptionMark read_option(const ZonePage& page, const Rect& box, const MarkReader& reader) {
  const PatchFrame frame{grown(box, kAroundMm), kZoneDpi};
  const AddedInk ink = added_to(page.original, page.registration, page.blank, frame);
  OptionMark option{reader.read(as_picture(ink.mask, frame.dpi), frame.px(box)), ink.print_found};
  if (option.is_crossed_out())
    option.mark.probability = std::min(option.mark.probability, kMostSureOfBlot);
  if (option.mark.state == MarkState::empty) return option;
  option.doubt = doubt_about(page, frame, ink, [&](const cv::Mat& own) {
    return reader.read(as_picture(own, frame.dpi), frame.px(box)).state == option.mark.state;
  });
  if (!option.doubt.empty())
    option.mark.probability = std::min(option.mark.probability, kMostSureOfDoubtfulInk);
  return option;
}

void add_doubt(const forms::Field& field, std::string_view code, Reading& reading) {
  if (!code.empty())
    reading.findings.push_back({std::string(code), field.name, 0, Severity::doubt, ""});
}

void doubt_blot(const forms::Field& field, Reading& reading) {
  reading.findings.push_back({"mark_crossed_out", field.name, 0, Severity::doubt, ""});
}

Reading single(const forms::Field& field, const OptionMark& option) {
  Reading reading;
  reading.method = Method::mark;
  reading.value = option.is_ticked();
  if (option.is_ticked()) reading.raw.push_back('x');
  reading.probability = option.mark.probability;
  reading.alternatives = {{option.is_ticked() ? "true" : "false", option.mark.probability},
                          {option.is_ticked() ? "false" : "true", 1.0 - option.mark.probability}};
  if (option.is_crossed_out()) doubt_blot(field, reading);
  return reading;
}

// The probabilities that exactly this one, or none, is ticked.
std::vector<Alternative> single_choices(const forms::Field& field,
                                        const std::vector<OptionMark>& marks) {
  double none = 1.0;
  for (const auto& mark : marks) none *= 1.0 - mark.ticked();
  std::vector<Alternative> alternatives{{"", none}};
  for (std::size_t i = 0; i < marks.size(); ++i) {
    double only = marks[i].ticked();
    for (std::size_t j = 0; j < marks.size(); ++j)
      if (j != i) only *= 1.0 - marks[j].ticked();
    alternatives.push_back({field.options[i].value, only});
  }
  std::stable_sort(
      alternatives.begin(), alternatives.end(),
      [](const Alternative& a, const Alternative& b) { return a.probability > b.probability; });
  return alternatives;
}

// Of several marked boxes where one is allowed, those that are much fuller than the lightest, or
// have many more strokes than the plainest, are corrections: the writer blotted out a wrong cross
// or struck it through, and made another.
void take_back_corrections(std::vector<OptionMark>& marks) {
  double lightest = 1.0;
  double plainest = std::numeric_limits<double>::max();
  for (const auto& option : marks) {
    if (!option.is_ticked()) continue;
    lightest = std::min(lightest, option.mark.coverage);
    plainest = std::min(plainest, option.mark.crossings);
  }
  for (auto& option : marks) {
    if (!option.is_ticked()) continue;
    const bool is_blotted = option.mark.coverage >= std::max(kBlotCoverage, kBlotRatio * lightest);
    const bool is_struck =
        option.mark.crossings >= std::max(kStruckCrossings, kStruckRatio * plainest);
    if (!is_blotted && !is_struck) continue;
    option.mark.state = MarkState::crossed_out;
    option.mark.probability = kMostSureOfBlot;
  }
}

Reading several(const forms::Field& field, std::vector<OptionMark> marks) {
  if (field.type == FieldType::choice) take_back_corrections(marks);
  Reading reading;
  reading.method = Method::mark;
  reading.probability = 1.0;
  std::vector<std::string> ticked;
  for (std::size_t i = 0; i < marks.size(); ++i) {
    reading.probability *= marks[i].mark.probability;
    if (!marks[i].is_ticked()) continue;
    ticked.push_back(field.options[i].value);
    if (!reading.raw.empty()) reading.raw += ',';
    reading.raw += field.options[i].value;
  }
  if (field.type == FieldType::choice) reading.alternatives = single_choices(field, marks);
  const bool is_alone = ticked.empty();
  if (field.type == FieldType::choice && ticked.size() == 1) {
    reading.value = ticked.front();
  } else if (!ticked.empty()) {
    if (field.type == FieldType::choice)
      reading.findings.push_back({"choice_multiple", field.name, 0, Severity::doubt,
                                  std::to_string(ticked.size()).append(" boxes marked")});
    reading.value = std::move(ticked);
  }
  // Beside the one tick that a choice has, a blot is a correction; by itself it says nothing.
  const bool has_blot = std::any_of(
      marks.begin(), marks.end(), [](const OptionMark& option) { return option.is_crossed_out(); });
  if (has_blot && (is_alone || field.type == FieldType::choices)) doubt_blot(field, reading);
  return reading;
}

}  // namespace

Reading read_marks(const ZonePage& page, const forms::Field& field, const MarkReader& reader) {
  std::vector<OptionMark> marks;
  for (const auto& option : field.options) marks.push_back(read_option(page, option.box, reader));
  if (marks.empty()) marks.push_back(read_option(page, field.box, reader));
  double print_found = 1.0;
  for (const auto& mark : marks) print_found = std::min(print_found, mark.print_found);
  std::string_view doubt;
  for (const auto& mark : marks)
    if (!mark.doubt.empty()) doubt = mark.doubt;
  const bool is_single = field.options.empty() || field.type == FieldType::checkbox;
  Reading reading = is_single ? single(field, marks.front()) : several(field, std::move(marks));
  check_print(print_found, field, reading);
  add_doubt(field, doubt, reading);
  return reading;
}

Reading read_signature(const ZonePage& page, const forms::Field& field,
                       const SignatureReader& reader) {
  const PatchFrame frame{field.box, kZoneDpi};
  const AddedInk ink = added_to(page.original, page.registration, page.blank, frame);
  double present = reader.present(as_picture(ink.mask, kZoneDpi));
  Reading reading;
  if (present >= 0.5) {
    const std::string_view doubt = doubt_about(page, frame, ink, [&](const cv::Mat& own) {
      return reader.present(as_picture(own, kZoneDpi)) >= 0.5;
    });
    if (!doubt.empty()) present = std::min(present, kMostSureOfDoubtfulInk);
    add_doubt(field, doubt, reading);
  }
  check_print(ink.print_found, field, reading);
  reading.method = Method::signature;
  reading.value = present >= 0.5;
  reading.probability = std::max(present, 1.0 - present);
  reading.alternatives = {{present >= 0.5 ? "true" : "false", reading.probability},
                          {present >= 0.5 ? "false" : "true", 1.0 - reading.probability}};
  return reading;
}

}  // namespace postkamer::extract
