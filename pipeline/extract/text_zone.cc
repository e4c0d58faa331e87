// SPDX-License-Identifier: EUPL-1.2
#include <algorithm>
#include <cmath>

#include <opencv2/imgproc.hpp>

#include "pipeline/extract/added_ink.h"
#include "pipeline/extract/block_letters.h"
#include "pipeline/extract/line_text.h"
#include "pipeline/extract/line_trust.h"
#include "pipeline/extract/zone_readers.h"

namespace postkamer::extract {
namespace {

using forms::FieldType;

// Writing leaves its box by this much above and below.
constexpr double kMarginMm = 1.2;
// Strokes of fewer pixels (300 dpi) are dust; a full stop has more.
constexpr int kDustArea = 12;
// A stroke smaller than this both ways (0.8 mm) is a dot, and one with no writing within the reach
// (3 mm) belongs to none.
constexpr int kSpeck = 10;
constexpr int kSpeckReach = 35;
// Strokes as flat as this (px) are no letters; more of them than a line has dashes are a fold in
// the paper.
constexpr int kFlat = 4;
constexpr int kMostDashes = 5;
// Less ink than this in a line is an empty line, square mm.
constexpr double kEmptyMm2 = 0.5;
// That ink of which the engine makes nothing is no writing.
constexpr double kNothingRead = 0.1;
// White around the line handed to the reader, px.
constexpr int kBorder = 12;

std::string_view allowed_for(FieldType type) {
  if (type == FieldType::email)
    return "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789@.-_+";
  return {};
}

// Whether the zone is crossed by a fold: it leaves many flat dashes.
bool has_fold(const cv::Mat& stats, int strokes) {
  int flat = 0;
  for (int label = 1; label < strokes; ++label)
    if (stats.at<int>(label, cv::CC_STAT_HEIGHT) <= kFlat &&
        stats.at<int>(label, cv::CC_STAT_WIDTH) > kFlat)
      ++flat;
  return flat > kMostDashes;
}

// Whether a stroke is a speck with nothing near it on its line: dust, not a full stop.
bool is_lone_speck(const cv::Mat& stats, int label, int strokes) {
  const auto at = [&](int stroke, int what) { return stats.at<int>(stroke, what); };
  const auto is_speck = [&](int stroke) {
    return std::max(at(stroke, cv::CC_STAT_WIDTH), at(stroke, cv::CC_STAT_HEIGHT)) < kSpeck;
  };
  if (!is_speck(label)) return false;
  const int left = at(label, cv::CC_STAT_LEFT);
  const int right = left + at(label, cv::CC_STAT_WIDTH);
  for (int other = 1; other < strokes; ++other) {
    if (is_speck(other)) continue;
    const int from = at(other, cv::CC_STAT_LEFT);
    const int to = from + at(other, cv::CC_STAT_WIDTH);
    if (from < right + kSpeckReach && to > left - kSpeckReach) return false;
  }
  return true;
}

// The strokes of each ruled line: whole strokes, by where their middle lies.
std::vector<cv::Mat> lines_of(const cv::Mat& added, const Rect& box, int count) {
  cv::Mat labels;
  cv::Mat stats;
  cv::Mat centres;
  const int strokes = cv::connectedComponentsWithStats(added, labels, stats, centres, 8, CV_32S);
  std::vector<int> line_of(static_cast<std::size_t>(strokes), -1);
  const bool is_folded = has_fold(stats, strokes);
  for (int label = 1; label < strokes; ++label) {
    if (stats.at<int>(label, cv::CC_STAT_AREA) < kDustArea) continue;
    if (is_folded && stats.at<int>(label, cv::CC_STAT_HEIGHT) <= kFlat) continue;
    if (is_lone_speck(stats, label, strokes)) continue;
    const Point centre{centres.at<double>(label, 0), centres.at<double>(label, 1)};
    if (!grown(box, 0.06 * box.height).contains(centre)) continue;
    const int line = static_cast<int>((centre.y - box.y) / box.height * count);
    line_of[static_cast<std::size_t>(label)] = std::clamp(line, 0, count - 1);
  }
  std::vector<cv::Mat> lines;
  for (int i = 0; i < count; ++i) lines.push_back(cv::Mat::zeros(added.size(), CV_8U));
  for (int y = 0; y < added.rows; ++y) {
    const auto* row = labels.ptr<int>(y);
    for (int x = 0; x < added.cols; ++x) {
      const int line = line_of[static_cast<std::size_t>(row[x])];
      if (line >= 0) lines[static_cast<std::size_t>(line)].at<std::uint8_t>(y, x) = 255;
    }
  }
  return lines;
}

// The line alone on white, as softly drawn as it was scanned: the engine reads gray edges better
// than cut ones.
GrayImage tight(const cv::Mat& mask, const cv::Mat& clear) {
  const cv::Rect box = cv::boundingRect(mask);
  cv::Mat near;
  cv::dilate(mask, near, cv::getStructuringElement(cv::MORPH_RECT, {3, 3}));
  cv::Mat line(mask.size(), CV_8U, cv::Scalar(255));
  clear.copyTo(line, near);
  GrayImage image;
  cv::copyMakeBorder(line(box), image.pixels, kBorder, kBorder, kBorder, kBorder,
                     cv::BORDER_CONSTANT, cv::Scalar(255));
  image.dpi = kZoneDpi;
  return image;
}

// The words of a line as they lie on the original; `tight` cut it out of `line`.
void add_words(std::vector<Word>& all, const std::vector<Word>& read, const cv::Mat& line,
               const Transform& to_original) {
  const cv::Rect cut = cv::boundingRect(line);
  for (Word word : read) {
    word.box.x += cut.x - kBorder;
    word.box.y += cut.y - kBorder;
    word.box = to_original.bounds(word.box);
    all.push_back(std::move(word));
  }
}

// Above this the engine's reading of a line stands; below, the character network has a look.
constexpr double kSureOfLine = 0.9;

// Replaces the engine's reading by that of the character network where that is the likelier one;
// true when it did.
bool prefer_block_letters(const cv::Mat& line, const ZoneReaders& readers, TextReader::Line& read,
                          double& probability) {
  if (probability >= kSureOfLine) return false;
  const BlockLine block = read_block_letters(line, readers.characters);
  const double right = readers.calibration.right("line.block", block.probability);
  if (block.text.empty() || right <= probability) return false;
  read.text = block.text;
  probability = right;
  const cv::Rect box = cv::boundingRect(line);
  read.words = {
      {block.text,
       Rect{kBorder, kBorder, static_cast<double>(box.width), static_cast<double>(box.height)},
       right}};
  return true;
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
  for (const auto& line : lines_of(added, frame.px(field.box), std::max(1, field.lines))) {
    const double ink = cv::countNonZero(line) / px_per_mm2;
    if (ink < kEmptyMm2) {
      reading.probability = std::min(reading.probability, empty_probability(ink));
      continue;
    }
    PK_TRY(read, readers.text.read_line(tight(line, clear), allowed_for(field.type)));
    if (field.lines <= 1) read.text = corrected(read.text, field.type);
    double probability = kNothingRead;
    if (!read.text.empty())
      probability = readers.calibration.right(
          line_curve(line, read.text, {page.is_typed, field.lines > 1}), read.confidence);
    if (field.type != FieldType::email && prefer_block_letters(line, readers, read, probability))
      reading.method = Method::handprint;
    if (!text.empty() && !read.text.empty()) text += ' ';
    text += read.text;
    add_words(reading.words, read.words, line, to_original);
    reading.probability *= probability;
  }
  if (!text.empty()) {
    if (reading.method == Method::none) reading.method = Method::printed_text;
    reading.value = text;
  }
  reading.raw = text;
  reading.alternatives = {{text, reading.probability}};
  return reading;
}

}  // namespace postkamer::extract
