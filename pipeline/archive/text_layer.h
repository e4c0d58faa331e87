// SPDX-License-Identifier: EUPL-1.2
//
// The invisible words of a page as PDF content. Used inside this folder only.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "pipeline/base/units.h"
#include "pipeline/model/page.h"

namespace postkamer::archive {

// Where a page's pixels lie on its paper.
struct PageFrame {
  int height_px = 0;
  Dpi dpi{300.0};
  QuarterTurn turn = QuarterTurn::none;
};

// The width of every glyph of the invisible font, in thousandths of the font size.
inline constexpr int kGlyphWidth = 500;

// The text's character codes in hexadecimal digits, four a character: its code point. Malformed
// UTF-8 and what lies beyond U+FFFF become U+FFFD, control characters are left out.
std::string code_hex(std::string_view utf8);

// A text object with every word invisible in its box, in the order given. Uses font /F. Empty when
// there is nothing to say. Deterministic.
std::string text_layer(const std::vector<Word>& words, const PageFrame& frame);

// The CMap that says: character codes are code points.
std::string to_unicode_cmap();

}  // namespace postkamer::archive
