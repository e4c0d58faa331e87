// SPDX-License-Identifier: EUPL-1.2
//
// How much a line's reading is to be trusted depends on how it was written: print by a machine is
// read far better than writing of which the engine is as sure. Which curve of the calibration
// holds for a line.
#pragma once

#include <string_view>
#include <vector>

#include <opencv2/core.hpp>

#include "pipeline/model/reading.h"

namespace postkamer::extract {

// Combs of fewer characters tell nothing about their base line.
inline constexpr std::ptrdiff_t kLeastToTell = 4;

// Whether the combs of a page were filled in by a machine, by whether each looks typed (of those
// with kLeastToTell characters); false when too few are filled to tell.
bool is_typed_page(const std::vector<bool>& combs);

// Whether the strokes of a line (255 = ink, upright, 300 dpi) stand on one base line as print does.
bool stands_straight(const cv::Mat& line);

struct LineContext {
  bool is_typed_page = false;
  bool is_prose = false;  // one of several lines
};

// "line.typed", "prose.typed", "line.pen" (whatever is not surely print) or "line.short" (one
// character, which a stroke of dirt looks like). What all readers say of a line together has the
// curve "line.written" (line_opinions.h).
std::string_view line_curve(const cv::Mat& line, std::string_view text, const LineContext& context);

}  // namespace postkamer::extract
