// SPDX-License-Identifier: EUPL-1.2
//
// A file from anyone: pages or a reason, and what is told of a page is true of its picture.
#include "pipeline/intake/decode.h"
#include "pipeline/intake/inspect.h"
#include "tests/fuzz/target.h"

using namespace postkamer;  // NOLINT: a target of a few lines

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Limits limits;  // small, so that many files are tried in a second
  limits.page_pixels = 1'000'000;
  limits.side_pixels = 4'000;
  limits.file_pages = 50;
  const auto scan = intake::decode_scan({data, size}, {0, 3}, limits, nullptr);
  if (!scan) {
    fuzz::expect(!scan.error().reason.empty(), "a refusal has a reason");
    return 0;
  }
  fuzz::expect(scan->pages.size() <= 3, "no more pages than asked for");
  fuzz::expect(scan->page_count <= 50, "the limit on pages holds");
  for (const Picture& picture : scan->pages) {
    const auto pixels = intake::open_picture(picture, limits);
    if (!pixels) continue;
    const auto area = std::uint64_t(pixels->width()) * std::uint64_t(pixels->height());
    fuzz::expect(area > 0 && area <= limits.page_pixels, "the limit on pixels holds");
    if (area < 40'000) intake::inspect(*pixels, picture, 0, {});
  }
  return 0;
}
