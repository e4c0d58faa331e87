// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/intake/inspect.h"

#include <algorithm>
#include <exception>

#include <fmt/format.h>

#include "pipeline/intake/ink_map.h"
#include "pipeline/intake/patch_bars.h"
#include "pipeline/intake/symbols.h"

namespace postkamer::intake {
namespace {

std::vector<Code> codes_of(const GrayImage& page, const InkMap& map) {
  std::vector<Code> codes = find_symbols(page, code_regions(map));
  for (Code& bars : find_patch_bars(map)) codes.push_back(std::move(bars));
  return codes;
}

std::optional<Separator> separator_of(const std::vector<Code>& codes,
                                      const InspectOptions& options) {
  std::optional<Separator> separator;
  for (const Code& code : codes) {
    if (code.symbology == "patch") {
      if (code.text == "T" && !separator) separator = Separator{"patch_t", ""};
      continue;
    }
    const auto begins_code = [&code](const std::string& prefix) {
      return !prefix.empty() && code.text.starts_with(prefix);
    };
    // A payload says more than bars do.
    if (std::any_of(options.separator_prefixes.begin(), options.separator_prefixes.end(),
                    begins_code))
      return Separator{"code", code.text};
  }
  return separator;
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
    // Nothing written, no codes: a blank back costs no search.
    if (decoded.ink_share >= options.blank_ink_share) decoded.codes = codes_of(page, map);
  } catch (const std::exception&) {
    return decoded;  // kind stays content: a page that cannot be judged is never dropped
  }
  decoded.separator = separator_of(decoded.codes, options);
  if (decoded.separator)
    decoded.kind = PageKind::separator;
  else if (decoded.ink_share < options.blank_ink_share)
    decoded.kind = PageKind::blank;
  return decoded;
}

}  // namespace postkamer::intake
