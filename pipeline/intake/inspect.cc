// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/intake/inspect.h"

#include <algorithm>
#include <exception>
#include <string_view>

#include <fmt/format.h>

#include "pipeline/intake/ink_map.h"
#include "pipeline/intake/patch_bars.h"
#include "pipeline/intake/symbols.h"

namespace postkamer::intake {
namespace {

constexpr std::string_view kSheetCode = "PK-SEP|";
constexpr std::string_view kPatchText = "PATCHT";

std::vector<Code> codes_of(const GrayImage& page, const InkMap& map) {
  std::vector<Code> codes = find_symbols(page, code_regions(map));
  for (Code& bars : find_patch_bars(map)) codes.push_back(std::move(bars));
  return codes;
}

bool starts_with_one_of(const std::string& text, const std::vector<std::string>& prefixes) {
  return std::any_of(prefixes.begin(), prefixes.end(), [&](const std::string& prefix) {
    return !prefix.empty() && text.starts_with(prefix);
  });
}

unsigned marks_of(const Code& code, const SeparationRules& rules) {
  if (code.symbology == "patch")
    return std::find(rules.patch_bars.begin(), rules.patch_bars.end(), code.text) !=
                   rules.patch_bars.end()
               ? mark::patch_bars
               : 0;
  unsigned marks = 0;
  if (rules.sheets && code.text.starts_with(kSheetCode)) marks |= mark::sheet;
  if (rules.patch_text && code.text.starts_with(kPatchText)) marks |= mark::patch_text;
  if (starts_with_one_of(code.text, rules.separator_prefixes)) marks |= mark::code;
  if (marks == 0 && starts_with_one_of(code.text, rules.sticker_prefixes)) marks |= mark::sticker;
  return marks;
}

// All that was seen; the text is that of the strongest mark, whose name comes first.
std::optional<Separator> separator_of(const std::vector<Code>& codes,
                                      const SeparationRules& rules) {
  unsigned marks = 0;
  unsigned strongest = 0;
  std::string text;
  for (const Code& code : codes) {
    const unsigned seen = marks_of(code, rules);
    marks |= seen;
    if (seen == 0 || (strongest != 0 && seen >= strongest)) continue;
    strongest = seen;
    text = seen == mark::patch_bars ? "" : code.text;
  }
  if (marks == 0) return std::nullopt;
  if (marks != mark::sticker) marks &= ~mark::sticker;  // on a sheet it adds nothing
  return Separator{names_of_marks(marks), std::move(text)};
}

}  // namespace

std::vector<Code> find_codes(const GrayImage& page) {
  if (page.pixels.empty() || page.pixels.type() != CV_8UC1) return {};
  try {
    return codes_of(page, map_ink(page));
  } catch (const std::exception&) {  // OpenCV: a page it cannot scale has no codes we can read
    return {};
  }
}

DecodedPage inspect(const GrayImage& page, Picture original, int index,
                    const InspectOptions& options) {
  DecodedPage decoded;
  decoded.index = index;
  decoded.original = std::move(original);
  if (page.pixels.empty() || page.pixels.type() != CV_8UC1) return decoded;
  try {
    const InkMap map = map_ink(page);
    decoded.ink_share = written_share(map);
    if (decoded.ink_share < options.blank_ink_share)
      decoded.ink_share = std::max(decoded.ink_share, faint_share(page, map));
    // Nothing written, no codes: a blank back costs no search.
    if (decoded.ink_share >= options.blank_ink_share) decoded.codes = codes_of(page, map);
  } catch (const std::exception&) {
    return decoded;  // kind stays content: a page that cannot be judged is never dropped
  }
  decoded.separator = separator_of(decoded.codes, options.rules);
  const bool is_sticker =
      decoded.separator && marks_named(decoded.separator->kind) == mark::sticker;
  if (decoded.separator && !is_sticker)
    decoded.kind = PageKind::separator;
  else if (decoded.ink_share < options.blank_ink_share)
    decoded.kind = PageKind::blank;
  return decoded;
}

}  // namespace postkamer::intake
