// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/archive/text_layer.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <iterator>
#include <optional>

namespace postkamer::archive {
namespace {

constexpr double kPointsPerInch = 72.0;
constexpr char32_t kReplacement = 0xFFFD;

// The code point at the front of `text`, which is shortened by it.
char32_t next_code_point(std::string_view& text) {
  const auto lead = static_cast<std::uint8_t>(text.front());
  text.remove_prefix(1);
  if (lead < 0x80) return lead;
  const std::size_t more = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : 1;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < more) return kReplacement;
  char32_t point = lead & (0x3FU >> more);
  for (std::size_t i = 0; i < more; ++i) {
    const auto byte = static_cast<std::uint8_t>(text[i]);
    if ((byte & 0xC0U) != 0x80U) return kReplacement;
    point = point << 6 | (byte & 0x3FU);
  }
  constexpr char32_t kSmallest[] = {0, 0x80, 0x800, 0x10000};
  if (point < kSmallest[more] || point > 0x10FFFF || (point >= 0xD800 && point < 0xE000)) {
    return kReplacement;
  }
  text.remove_prefix(more);
  return point;
}

// A word's line of writing in PDF points (y up): where it starts, how long and how high it is.
struct Placed {
  double x = 0.0;
  double y = 0.0;
  double length = 0.0;
  double height = 0.0;
};

// The start of the base line is the corner that comes to lie at the bottom left when the page is
// turned.
std::optional<Placed> place(const Rect& box, const PageFrame& frame) {
  const double scale = kPointsPerInch / frame.dpi.value;
  const auto at = [&](double x, double y, double length, double height) -> std::optional<Placed> {
    const Placed placed{x * scale, (frame.height_px - y) * scale, length * scale, height * scale};
    const bool is_sound = std::isfinite(placed.x) && std::isfinite(placed.y) &&
                          placed.length > 0.0 && placed.height > 0.0 &&
                          std::max(placed.length, placed.height) < 1e5;
    return is_sound ? std::optional(placed) : std::nullopt;
  };
  switch (frame.turn) {
    case QuarterTurn::none: return at(box.x, box.bottom(), box.width, box.height);
    case QuarterTurn::right: return at(box.right(), box.bottom(), box.height, box.width);
    case QuarterTurn::half: return at(box.right(), box.y, box.width, box.height);
    case QuarterTurn::left: return at(box.x, box.y, box.height, box.width);
  }
  return std::nullopt;
}

// The first four numbers of the text matrix: reading goes up, left or down on the unturned page.
std::string_view direction(QuarterTurn turn) {
  switch (turn) {
    case QuarterTurn::none: return "1 0 0 1";
    case QuarterTurn::right: return "0 1 -1 0";
    case QuarterTurn::half: return "-1 0 0 -1";
    case QuarterTurn::left: return "0 -1 1 0";
  }
  return "1 0 0 1";
}

}  // namespace

std::string code_hex(std::string_view utf8) {
  std::string hex;
  while (!utf8.empty()) {
    const char32_t point = next_code_point(utf8);
    if (point < 0x20 || (point >= 0x7F && point < 0xA0)) continue;
    // A code is two bytes and a reader maps each by itself: no code stands for a plane beyond.
    const char32_t held = point < 0x10000 ? point : kReplacement;
    fmt::format_to(std::back_inserter(hex), "{:04X}", static_cast<std::uint32_t>(held));
  }
  return hex;
}

std::string text_layer(const std::vector<Word>& words, const PageFrame& frame) {
  std::string content;
  for (const Word& word : words) {
    const std::string hex = code_hex(word.text);
    const auto placed = place(word.box, frame);
    if (hex.empty() || !placed) continue;
    // Stretched to end where the word ends; the space behind it only parts it from the next.
    const double natural =
        static_cast<double>(hex.size() / 4) * placed->height * kGlyphWidth / 1000.0;
    fmt::format_to(std::back_inserter(content),
                   "/F {:.2f} Tf {:.2f} Tz {} {:.2f} {:.2f} Tm <{}0020> Tj\n", placed->height,
                   100.0 * placed->length / natural, direction(frame.turn), placed->x, placed->y,
                   hex);
  }
  return content.empty() ? content : "BT 3 Tr\n" + content + "ET\n";
}

std::string to_unicode_cmap() {
  std::string cmap =
      "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
      "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
      "/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
      "1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n";
  // A range may not cross a boundary of 256 codes, a block not hold more than a hundred ranges.
  // The surrogates' codes, which are no characters, are left out.
  const auto ranges = [&cmap](int from, int to) {
    fmt::format_to(std::back_inserter(cmap), "{} beginbfrange\n", to - from);
    for (int high = from; high < to; ++high) {
      fmt::format_to(std::back_inserter(cmap), "<{0:02X}00> <{0:02X}FF> <{0:02X}00>\n", high);
    }
    cmap += "endbfrange\n";
  };
  ranges(0x00, 0x60);
  ranges(0x60, 0xC0);
  ranges(0xC0, 0xD8);
  ranges(0xE0, 0x100);
  cmap += "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n";
  return cmap;
}

}  // namespace postkamer::archive
