// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/ocr/pix.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include <leptonica/allheaders.h>

namespace postkamer::ocr {
namespace {

// The darkest value that still counts as ink when a bilevel image is packed.
constexpr std::uint8_t kInkBelow = 128;

void pack_row(const std::uint8_t* from, int width, l_uint32* line, int offset) {
  for (int x = 0; x < width; ++x) {
    const int at = x + offset;
    const l_uint32 bit = from[x] < kInkBelow ? 1U : 0U;
    line[at >> 5] |= bit << (31 - (at & 31));
  }
}

void copy_row(const std::uint8_t* from, int width, l_uint32* line, int offset) {
  for (int x = 0; x < width; ++x) SET_DATA_BYTE(line, x + offset, from[x]);
}

}  // namespace

void PixDeleter::operator()(Pix* pix) const { pixDestroy(&pix); }

PixPtr to_pix(const GrayImage& image, int border) {
  const int width = image.width() + 2 * border;
  const int height = image.height() + 2 * border;
  PixPtr pix(pixCreate(width, height, image.is_bilevel ? 1 : 8));
  if (!pix) return pix;
  if (!image.is_bilevel) pixSetAll(pix.get());
  const int dpi = static_cast<int>(std::lround(image.dpi.value));
  pixSetResolution(pix.get(), dpi, dpi);
  l_uint32* data = pixGetData(pix.get());
  const int words_a_line = pixGetWpl(pix.get());
  for (int y = 0; y < image.height(); ++y) {
    l_uint32* line = data + static_cast<std::ptrdiff_t>(y + border) * words_a_line;
    const std::uint8_t* row = image.pixels.ptr<std::uint8_t>(y);
    image.is_bilevel ? pack_row(row, image.width(), line, border)
                     : copy_row(row, image.width(), line, border);
  }
  return pix;
}

AscenderBalance ascender_balance(const GrayImage& image) {
  PixPtr pix = to_pix(image);
  if (pix && !image.is_bilevel) pix.reset(pixThresholdToBinary(pix.get(), kInkBelow));
  // Half size keeps the shapes that count (150 dpi is enough, measured) at a third of the time.
  if (pix && image.dpi.value >= 250.0) pix.reset(pixReduceRankBinary2(pix.get(), 2, nullptr));
  if (!pix) return {};
  float up = 0.0F;
  float left = 0.0F;
  if (pixOrientDetect(pix.get(), &up, &left, 0, 0) != 0) return {};
  return {up, left};
}

void silence_leptonica() { setMsgSeverity(L_SEVERITY_NONE); }

}  // namespace postkamer::ocr
