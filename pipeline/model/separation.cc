// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/model/separation.h"

#include <algorithm>
#include <array>
#include <utility>

namespace postkamer {
namespace {

constexpr std::array kNames{
    std::pair{mark::sheet, "sheet"}, std::pair{mark::patch_text, "patch_text"},
    std::pair{mark::code, "code"}, std::pair{mark::patch_bars, "patch_bars"},
    std::pair{mark::sticker, "sticker"}};

}  // namespace

std::string names_of_marks(unsigned marks) {
  std::string names;
  for (const auto& [bit, name] : kNames)
    if ((marks & bit) != 0) names += (names.empty() ? "" : "+") + std::string(name);
  return names;
}

unsigned marks_named(std::string_view names) {
  unsigned marks = 0;
  while (!names.empty()) {
    const std::size_t end = std::min(names.find('+'), names.size());
    for (const auto& [bit, name] : kNames)
      if (names.substr(0, end) == name) marks |= bit;
    names.remove_prefix(std::min(end + 1, names.size()));
  }
  return marks;
}

}  // namespace postkamer
