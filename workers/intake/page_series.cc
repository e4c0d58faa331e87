// SPDX-License-Identifier: EUPL-1.2
#include "workers/intake/page_series.h"

#include <algorithm>

namespace postkamer::intake {

std::string series_of(std::string_view name) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  const auto dot = name.rfind('.');
  const std::string_view stem = name.substr(0, dot);
  const std::string_view ending = dot == std::string_view::npos ? "" : name.substr(dot);
  const auto last = std::find_if(stem.rbegin(), stem.rend(), is_digit);
  const auto first = std::find_if_not(last, stem.rend(), is_digit);
  // '/' can stand in no name: it keeps "a1.tif" apart from a file that is really called so.
  const auto at = [&](auto it) { return static_cast<std::size_t>(stem.rend() - it); };
  return last == stem.rend() ? std::string(name)
                             : std::string(stem.substr(0, at(first))) + "/" +
                                   std::string(stem.substr(at(last))) + std::string(ending);
}

}  // namespace postkamer::intake
