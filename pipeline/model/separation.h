// SPDX-License-Identifier: EUPL-1.2
//
// What begins a document in a pile of pages: the detectors, and which of them count for a class of
// post. Those that somebody put there on purpose (a sheet, a sticker) decide; the others suggest;
// pipeline/intake/split.h says what comes of it when they disagree.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace postkamer {

enum class BlankSheet {
  none,       // a blank side means nothing: the back of a sheet
  one_side,   // an empty side separates (scanned on one side)
  both_sides  // a sheet that is empty on both sides separates (scanned on both)
};

struct SeparationRules {
  bool sheets = true;                        // our own separator sheets (separator_sheet.h)
  bool patch_text = true;                    // a code that says PATCHT
  std::vector<std::string> patch_bars{"T"};  // patch codes drawn as bars: "T", "1", "2", "3", ...
  std::vector<std::string> separator_prefixes;  // a code that starts so makes its page a separator
  std::vector<std::string>
      sticker_prefixes;    // one that starts so begins a document; the page stays
  bool form_pages = true;  // the forms' own page numbers
  int every_pages = 0;     // sides, blank ones too; 0 = off
  BlankSheet blank_sheet = BlankSheet::none;
  bool operator==(const SeparationRules&) const = default;
};

// What detectors saw on one page that begins a document: a set of these bits.
namespace mark {
inline constexpr unsigned sheet = 1;
inline constexpr unsigned patch_text = 2;
inline constexpr unsigned code = 4;  // of separator_prefixes
inline constexpr unsigned patch_bars = 8;
inline constexpr unsigned sticker = 16;
}  // namespace mark

// "sheet+patch_bars" and back; names that nobody knows are no mark.
std::string names_of_marks(unsigned marks);
unsigned marks_named(std::string_view names);

}  // namespace postkamer
