// SPDX-License-Identifier: EUPL-1.2
//
// How large a page may be, and at what resolution it was scanned.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "pipeline/base/error.h"
#include "pipeline/base/limits.h"
#include "pipeline/base/units.h"

namespace postkamer::intake {

// Called with the numbers of a header, before memory is taken for the pixels.
// Fails with: resource_limit (limit_side_pixels, limit_page_pixels, limit_side_ratio),
//             invalid_document scan_damaged when a side is zero.
Result<void> check_page_size(std::uint64_t width, std::uint64_t height, const Limits& limits);

// What a file states of its resolution; 0 = states nothing.
struct StatedResolution {
  double x = 0.0;  // dots per inch
  double y = 0.0;
};

struct Resolution {
  Dpi x{300.0};
  Dpi y{300.0};
  bool guessed = false;
  std::string evidence;  // numbers behind a guess
  // More than 2 % apart: the picture is stretched when its pixels are taken for squares.
  [[nodiscard]] bool is_square() const;
};

// Takes the stated resolution when it is plausible for paper (50..1200 dpi, no 72 or 96 dpi default
// on a picture of more than A2), else deduces it from the paper sizes A4, A5, A3 and Letter.
// Deterministic.
Resolution resolve(const StatedResolution& stated, int width, int height);

}  // namespace postkamer::intake
