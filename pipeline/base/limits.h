// SPDX-License-Identifier: EUPL-1.2
//
// The limits at the door, by name. Every decoder takes them as a value; passing one is an Error
// with code resource_limit whose message names the limit, its value and what was found (fail
// closed).
#pragma once

#include <cstdint>

namespace postkamer {

struct Limits {
  std::uint64_t file_bytes = 256ull << 20;  // one incoming file
  std::uint64_t page_pixels = 100'000'000;  // width x height of one page
  std::uint32_t side_pixels = 32'767;       // either side (Tesseract's own bound)
  double side_ratio = 20.0;                 // longer side / shorter side
  std::uint32_t file_pages = 2'000;         // pages in one file
  std::uint32_t pages_per_decode = 16;      // pages decoded in one job
  std::uint32_t decode_ms = 60'000;         // one decode job, wall clock
  std::uint32_t render_ms = 30'000;         // pdftoppm, one page
};

}  // namespace postkamer
