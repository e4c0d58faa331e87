// SPDX-License-Identifier: EUPL-1.2
#include <algorithm>
#include <cmath>

#include <opencv2/imgproc.hpp>

#include "pipeline/extract/added_ink.h"
#include "pipeline/extract/zone_readers.h"

namespace postkamer::extract {
namespace {

using forms::FieldType;

// Writing leaves its box by this much above and below.
constexpr double kMarginMm = 1.2;
// Strokes of fewer pixels (300 dpi) are dust; a full stop has more.
constexpr int kDustArea = 12;
// Less ink than this in a line is an empty line, square mm.
constexpr double kEmptyMm2 = 0.5;
// White around the line handed to the reader, px.
constexpr int kBorder = 12;

std::string_view allowed_for(FieldType type) {
  if (type == FieldType::email)
    return "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789@.-_+";
  return {};
}

// The strokes of each ruled line: whole strokes, by where their middle lies.
std::vector<cv::Mat> lines_of(const cv::Mat& added, const Rect& box, int count) {
  cv::Mat labels;
  cv::Mat stats;
  cv::Mat centres;
  const int strokes = cv::connectedComponentsWithStats(added, labels, stats, centres, 8, CV_32S);
  std::vector<int> line_of(static_cast<std::size_t>(strokes), -1);
  for (int label = 1; label < strokes; ++label) {
    if (stats.at<int>(label, cv::CC_STAT_AREA) < kDustArea) continue;
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

GrayImage tight(const cv::Mat& mask) {
  cv::Mat crop;
  cv::copyMakeBorder(mask(cv::boundingRect(mask)), crop, kBorder, kBorder, kBorder, kBorder,
                     cv::BORDER_CONSTANT, cv::Scalar(0));
  GrayImage image;
  image.pixels = ~crop;
  image.dpi = kZoneDpi;
  image.is_bilevel = true;
  return image;
}

// That a read line is right to the letter, from the engine's confidence in its worst word. Fitted
// on lines of simulated forms, hand-printed and typed together; never near 1, since nothing checks
// it.
double line_probability(double confidence) {
  const double logit = -4.6 + 6.4 * std::clamp(confidence, 0.0, 1.0);
  return 1.0 / (1.0 + std::exp(-logit));
}

// That a line with this little ink is really empty.
double empty_probability(double ink_mm2) { return std::clamp(0.998 - 0.25 * ink_mm2, 0.6, 0.998); }

}  // namespace

Result<Reading> read_text(const ZonePage& page, const forms::Field& field, TextReader& reader) {
  const PatchFrame frame{grown(field.box, kMarginMm), kZoneDpi};
  const cv::Mat added = added_mask(page.original, page.registration, page.blank, frame);
  Reading reading;
  reading.probability = 1.0;
  const double px_per_mm2 = std::pow(pixels_per_mm(kZoneDpi), 2);
  std::string text;
  for (const auto& line : lines_of(added, frame.px(field.box), std::max(1, field.lines))) {
    const double ink = cv::countNonZero(line) / px_per_mm2;
    if (ink < kEmptyMm2) {
      reading.probability = std::min(reading.probability, empty_probability(ink));
      continue;
    }
    PK_TRY(read, reader.read_line(tight(line), allowed_for(field.type)));
    if (!text.empty() && !read.text.empty()) text += ' ';
    text += read.text;
    reading.probability *= read.text.empty() ? 0.1 : line_probability(read.confidence);
  }
  if (!text.empty()) {
    reading.method = Method::printed_text;
    reading.value = text;
  }
  reading.raw = text;
  reading.alternatives = {{text, reading.probability}};
  return reading;
}

}  // namespace postkamer::extract
