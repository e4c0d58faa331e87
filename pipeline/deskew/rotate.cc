// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/deskew/rotate.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

namespace postkamer::deskew {
namespace {

constexpr std::uint8_t kPaper = 255;
constexpr int kWhole = 256;  // weights are 256ths of a pixel

// A real number as whole pixels and the 256ths beyond them.
struct Shift {
  int whole = 0;
  std::uint16_t part = 0;
};

Shift shift_of(double pixels) {
  const double steps = std::round(pixels * kWhole);
  const double whole = std::floor(steps / kWhole);
  return {static_cast<int>(whole), static_cast<std::uint16_t>(steps - whole * kWhole)};
}

std::uint8_t blend(std::uint8_t first, std::uint8_t second, std::uint16_t part) {
  return static_cast<std::uint8_t>((first * (kWhole - part) + second * part + kWhole / 2) >> 8);
}

// out[i] = first[i] and second[i] mixed. The counts of these loops are values, not members: a byte
// that is written might be part of anything the compiler knows only by address.
void blend_row(const std::uint8_t* first, const std::uint8_t* second, std::uint16_t part,
               std::uint8_t* out, int count) {
  const auto rest = static_cast<std::uint16_t>(kWhole - part);
  for (int i = 0; i < count; ++i)
    out[i] = static_cast<std::uint8_t>(
        static_cast<std::uint16_t>(first[i] * rest + second[i] * part + kWhole / 2) >> 8);
}

void blend_row(const std::uint8_t* first, const std::uint8_t* second, const std::uint16_t* part,
               std::uint8_t* out, int count) {
  for (int i = 0; i < count; ++i)
    out[i] =
        static_cast<std::uint8_t>(static_cast<std::uint16_t>(first[i] * (kWhole - part[i]) +
                                                             second[i] * part[i] + kWhole / 2) >>
                                  8);
}

// out[i] = row at i + shift, paper outside of it.
void shift_row(const std::uint8_t* row, int length, Shift shift, std::uint8_t* out,
               int out_length) {
  const auto at = [&](int i) { return i < 0 || i >= length ? kPaper : row[i]; };
  const int from = std::clamp(-shift.whole, 0, out_length);
  const int to = std::clamp(length - 1 - shift.whole, from, out_length);
  std::fill(out, out + from, kPaper);
  if (from > 0)
    out[from - 1] = blend(at(from - 1 + shift.whole), at(from + shift.whole), shift.part);
  const std::uint8_t* source = row + shift.whole + from;
  blend_row(source, source + 1, shift.part, out + from, to - from);
  std::fill(out + to, out + out_length, kPaper);
  if (to < out_length) out[to] = blend(at(to + shift.whole), at(to + shift.whole + 1), shift.part);
}

// Every row of the page shifted by start + row * slope.
cv::Mat sheared_rows(const cv::Mat& page, int width, double start, double slope) {
  cv::Mat out(page.rows, width, CV_8UC1);
  for (int y = 0; y < page.rows; ++y)
    shift_row(page.ptr<std::uint8_t>(y), page.cols, shift_of(start + slope * y),
              out.ptr<std::uint8_t>(y), width);
  return out;
}

// Columns beside each other that are shifted by the same number of whole rows.
struct Stretch {
  int from = 0;
  int to = 0;
  int rows = 0;
};

// Every column of the page shifted by start + column * slope, a row of stretches at a time.
cv::Mat sheared_columns(const cv::Mat& page, int height, double start, double slope) {
  std::vector<std::uint16_t> parts;
  std::vector<Stretch> stretches;
  for (int x = 0; x < page.cols; ++x) {
    const Shift shift = shift_of(start + slope * x);
    parts.push_back(shift.part);
    if (stretches.empty() || stretches.back().rows != shift.whole)
      stretches.push_back({x, x, shift.whole});
    stretches.back().to = x + 1;
  }
  const std::vector<std::uint8_t> paper(static_cast<std::size_t>(page.cols), kPaper);
  const auto row = [&](int y) {
    return y < 0 || y >= page.rows ? paper.data() : page.ptr<std::uint8_t>(y);
  };
  cv::Mat out(height, page.cols, CV_8UC1);
  for (int y = 0; y < height; ++y) {
    auto* to = out.ptr<std::uint8_t>(y);
    for (const auto& stretch : stretches) {
      const int x = stretch.from;
      blend_row(row(y + stretch.rows) + x, row(y + stretch.rows + 1) + x, parts.data() + x, to + x,
                stretch.to - x);
    }
  }
  return out;
}

}  // namespace

Rotation rotation_by(Degrees angle, int width, int height) {
  const Transform turn = Transform::rotation(angle.radians());
  const Rect bounds = turn.bounds({0, 0, static_cast<double>(width), static_cast<double>(height)});
  // A canvas a hair larger than a whole number is rounding, not a pixel.
  const cv::Size canvas{static_cast<int>(std::ceil(bounds.width - 1e-6)),
                        static_cast<int>(std::ceil(bounds.height - 1e-6))};
  return {then(turn, Transform::translation(-bounds.x, -bounds.y)), canvas};
}

cv::Mat rotated(const cv::Mat& page, Degrees angle, const Rotation& rotation) {
  // turn = across(a) * down(b) * across(a): x += a y, y += b x, x += a y.
  const double a = -std::tan(angle.radians() / 2.0);
  const double b = std::sin(angle.radians());
  // Shears count from pixel centres, a Transform from pixel corners.
  const Point move =
      then(then(Transform::translation(0.5, 0.5), rotation.map), Transform::translation(-0.5, -0.5))
          .apply({0.0, 0.0});
  const double lean = a * (page.rows - 1);
  const int left = static_cast<int>(std::floor(std::min(0.0, lean))) - 1;
  const int right = static_cast<int>(std::ceil(page.cols + std::max(0.0, lean))) + 1;
  const cv::Mat across = sheared_rows(page, right - left, left, -a);
  const cv::Mat down = sheared_columns(across, rotation.canvas.height, -move.y - b * left, -b);
  return sheared_rows(down, rotation.canvas.width, -move.x + a * move.y - left, -a);
}

}  // namespace postkamer::deskew
