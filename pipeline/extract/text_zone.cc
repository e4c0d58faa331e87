// SPDX-License-Identifier: EUPL-1.2
#include <algorithm>
#include <cmath>

#include <opencv2/imgproc.hpp>

#include "pipeline/extract/added_ink.h"
#include "pipeline/extract/block_letters.h"
#include "pipeline/extract/line_cut.h"
#include "pipeline/extract/line_opinions.h"
#include "pipeline/extract/line_text.h"
#include "pipeline/extract/line_trust.h"
#include "pipeline/extract/overrun.h"
#include "pipeline/extract/own_ink.h"
#include "pipeline/extract/zone_readers.h"

namespace postkamer::extract {
namespace {

using forms::FieldType;

// Writing leaves its box by this much above and below.
constexpr double kMarginMm = 1.2;
// Less ink than this in a line is an empty line, square mm.
constexpr double kEmptyMm2 = 0.5;
// That ink of which the engine makes nothing is no writing.
constexpr double kNothingRead = 0.1;
// What a reading is worth whose writing goes on outside its box.
constexpr double kBeginningOnly = 0.5;

std::string_view allowed_for(FieldType type) {
  if (type == FieldType::email)
    return "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789@.-_+";
  return {};
}

// The words of a line as they lie on the original; `tight` cut it out of `line`.
void add_words(std::vector<Word>& all, const std::vector<Word>& read, const cv::Mat& line,
               const Transform& to_original) {
  const cv::Rect cut = cv::boundingRect(line);
  for (Word word : read) {
    word.box.x += cut.x - kLineBorder;
    word.box.y += cut.y - kLineBorder;
    word.box = to_original.bounds(word.box);
    all.push_back(std::move(word));
  }
}

// Above this the engine's reading of a typed line stands, and the line reader is asked whether it
// sees the same; below, all readers have their say.
constexpr double kSureOfPrint = 0.9;
// How many times likelier a typed line is wrong where the line reader sees another text, and the
// same text. It is no judge of prose, in which it overlooks commas and full stops, but to confirm.
constexpr double kWrongWhereOther = 10.0;
constexpr double kWrongWhereSame = 0.1;

struct LineReading {
  std::string text;
  std::string raw;                    // before it was corrected
  std::string_view guess;             // what was guessed in it: the finding's code; empty: nothing
  double probability = kNothingRead;  // calibrated
  Method method = Method::printed_text;
  std::vector<Word> words;  // px of the picture
  std::vector<Alternative> alternatives;
};

// What is known of the line that is read.
struct LineTask {
  const cv::Mat& line;  // 255 = ink
  const GrayImage& picture;
  const forms::Field& field;
  const ZonePage& page;
};

// A text before and after it was corrected.
struct LineText {
  std::string raw;
  Alternative corrected;
  std::string_view guess{};  // as CorrectedText has them
  double left = 1.0;
};

LineText as_corrected(const LineTask& task, const std::string& raw) {
  if (task.field.lines > 1) return {raw, {raw}};
  CorrectedText text = corrected(raw, task.field.type);
  return {raw, {std::move(text.text)}, text.guess, text.left};
}

// The engine's reading by its own curve.
Result<LineReading> as_printed(const LineTask& task, const ZoneReaders& readers,
                               LineOpinions& opinions) {
  PK_TRY(read, readers.text.read_line(task.picture, allowed_for(task.field.type)));
  LineReading out;
  const LineText line = as_corrected(task, read.text);
  out.raw = line.raw;
  out.text = line.corrected.text;
  opinions.printed = line.guess.empty() ? out.text : line.raw;
  opinions.printed_confidence = read.confidence;
  out.words = std::move(read.words);
  if (!out.text.empty())
    out.probability = readers.calibration.right(
        line_curve(task.line, out.text, {task.page.is_typed, task.field.lines > 1}),
        read.confidence);
  out.probability *= line.left;
  if (!line.guess.empty()) {
    out.guess = line.guess;
    out.alternatives = {{out.text, out.probability}, {out.raw, out.probability}};
  }
  return out;
}

// The line as one word, where it was read as a whole.
std::vector<Word> one_word(const cv::Mat& line, const std::string& text, double probability) {
  const cv::Rect box = cv::boundingRect(line);
  const Rect place{kLineBorder, kLineBorder, static_cast<double>(box.width),
                   static_cast<double>(box.height)};
  return {{text, place, probability}};
}

// The curve of what all readers say together.
std::string_view written_curve(const LineTask& task, const std::string& text) {
  const std::string_view curve = line_curve(task.line, text, {});
  return curve == "line.short" ? curve : "line.written";
}

// The same with the full stop that the engine saw at the end of what the line reader reads.
LineOpinions with_full_stops(LineOpinions opinions) {
  for (Alternative& each : opinions.written)
    each.text = with_full_stop(std::move(each.text), opinions.printed);
  return opinions;
}

// What all readers make of the line together; the engine's words stay where it read the same.
LineReading as_written(const LineTask& task, const ZoneReaders& readers,
                       const LineOpinions& opinions, const LineReading& printed) {
  std::vector<LineText> lines;
  const bool is_prose = task.field.lines > 1;
  for (const Alternative& each : weighed(is_prose ? with_full_stops(opinions) : opinions)) {
    LineText line = as_corrected(task, each.text);
    const double right =
        readers.calibration.right(written_curve(task, line.corrected.text), each.probability);
    line.corrected.probability = line.left * right;
    lines.push_back(std::move(line));
  }
  if (lines.empty()) return printed;
  if (!lines.front().guess.empty())
    std::stable_sort(lines.begin(), lines.end(), [](const LineText& a, const LineText& b) {
      return a.corrected.probability > b.corrected.probability;
    });
  const LineText& best = lines.front();
  LineReading out;
  for (const LineText& line : lines) {
    out.alternatives.push_back(line.corrected);
    if (!line.guess.empty()) out.alternatives.push_back({line.raw, line.corrected.probability});
  }
  out.text = best.corrected.text;
  out.probability = best.corrected.probability;
  out.guess = best.guess;
  out.raw = best.raw == opinions.printed ? printed.raw : best.raw;
  const bool is_same = same_text_key(out.text) == same_text_key(printed.text);
  out.method = is_same ? Method::printed_text : Method::handprint;
  out.words = is_same ? printed.words : one_word(task.line, out.text, out.probability);
  return out;
}

// A typed line's reading once the line reader has been asked too.
LineReading heard_by_line_reader(const LineTask& task, const ZoneReaders& readers,
                                 LineReading printed) {
  const bool is_prose = task.field.lines > 1;
  if (line_curve(task.line, printed.text, {true, is_prose}) == "line.short") return printed;
  const std::vector<Alternative> texts = readers.lines.read(task.picture);
  const std::string seen =
      texts.empty() ? "" : as_corrected(task, texts.front().text).corrected.text;
  const bool is_same = same_text_key(seen) == same_text_key(printed.text);
  if (is_prose && !is_same) return printed;
  const double wrong = (1.0 - printed.probability) * (is_same ? kWrongWhereSame : kWrongWhereOther);
  printed.probability /= printed.probability + wrong;
  if (!is_same && !seen.empty())
    printed.alternatives = {{printed.text, printed.probability}, {seen, 1.0 - printed.probability}};
  return printed;
}

Result<LineReading> read_line(const LineTask& task, const ZoneReaders& readers) {
  LineOpinions opinions;
  const auto ask_writing = [&] {
    opinions.written = readers.lines.read(task.picture);
    if (task.field.type != FieldType::email)
      opinions.block = read_block_letters(task.line, readers.characters).text;
  };
  if (!task.page.is_typed) {
    ask_writing();
    if (is_settled(opinions)) return as_written(task, readers, opinions, {});
    PK_TRY(printed, as_printed(task, readers, opinions));
    return as_written(task, readers, opinions, printed);
  }
  PK_TRY(printed, as_printed(task, readers, opinions));
  if (printed.probability >= kSureOfPrint)
    return heard_by_line_reader(task, readers, std::move(printed));
  ask_writing();
  LineReading written = as_written(task, readers, opinions, printed);
  return written.probability > printed.probability ? written : printed;
}

// That a line with this little ink is really empty.
double empty_probability(double ink_mm2) { return std::clamp(0.998 - 0.25 * ink_mm2, 0.6, 0.998); }

}  // namespace

Result<Reading> read_text(const ZonePage& page, const forms::Field& field,
                          const ZoneReaders& readers) {
  const PatchFrame frame{grown(field.box, kMarginMm), kZoneDpi};
  const AddedInk ink_on = added_to(page.original, page.registration, page.blank, frame);
  const cv::Mat& added = ink_on.mask;
  const cv::Mat clear =
      page.original.is_bilevel ? ink_on.page : clear_paper(ink_on.page, frame.dpi);
  Reading reading;
  check_print(ink_on.print_found, field, reading);
  reading.probability = 1.0;
  const double px_per_mm2 = std::pow(pixels_per_mm(kZoneDpi), 2);
  const Transform to_original = then(frame.px_to_mm(), page.registration.mm_to_original);
  std::string text;
  std::string raw;
  for (const auto& line : lines_of(added, frame.px(field.box), std::max(1, field.lines))) {
    const double ink = cv::countNonZero(line) / px_per_mm2;
    if (ink < kEmptyMm2) {
      reading.probability = std::min(reading.probability, empty_probability(ink));
      continue;
    }
    const GrayImage picture = tight(line, clear);
    PK_TRY(read, read_line({line, picture, field, page}, readers));
    if (read.method == Method::handprint) reading.method = Method::handprint;
    if (!text.empty() && !read.text.empty()) text += ' ';
    text += read.text;
    if (!raw.empty() && !read.raw.empty()) raw += ' ';
    raw += read.raw;
    if (!read.guess.empty())
      reading.findings.push_back({std::string(read.guess), field.name, 0, Severity::notice, ""});
    if (is_foreign(line, page.surroundings.foreign.taken_from(line, frame))) {
      read.probability *= kSureUnderForeignInk;
      for (Alternative& each : read.alternatives) each.probability *= kSureUnderForeignInk;
      reading.findings.push_back({"ink_from_elsewhere", field.name, 0, Severity::doubt, ""});
    }
    if (runs_over(page, field.box, line, frame)) {
      read.probability *= kBeginningOnly;
      for (Alternative& each : read.alternatives) each.probability *= kBeginningOnly;
      reading.findings.push_back({"writing_runs_over", field.name, 0, Severity::doubt, ""});
    }
    add_words(reading.words, read.words, line, to_original);
    reading.probability *= read.probability;
    if (field.lines <= 1) reading.alternatives = std::move(read.alternatives);
  }
  if (!text.empty()) {
    if (reading.method == Method::none) reading.method = Method::printed_text;
    reading.value = text;
  }
  reading.raw = std::move(raw);
  if (reading.alternatives.empty()) reading.alternatives = {{text, reading.probability}};
  return reading;
}

}  // namespace postkamer::extract
