// SPDX-License-Identifier: EUPL-1.2
#include "classifiers/taught/approximate.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace postkamer::taught {

double found_share(std::string_view pattern, std::string_view text) {
  pattern = pattern.substr(0, kPatternLetters);
  if (pattern.empty()) return 0.0;
  std::array<std::uint64_t, 256> places{};
  for (std::size_t i = 0; i < pattern.size(); ++i)
    places[static_cast<unsigned char>(pattern[i])] |= std::uint64_t{1} << i;
  const std::uint64_t last = std::uint64_t{1} << (pattern.size() - 1);

  std::uint64_t up = ~std::uint64_t{0};
  std::uint64_t down = 0;
  auto errors = static_cast<int>(pattern.size());
  int least = errors;
  for (const char letter : text) {
    const std::uint64_t here = places[static_cast<unsigned char>(letter)];
    const std::uint64_t vertical = here | down;
    const std::uint64_t across = (((here & up) + up) ^ up) | here;
    std::uint64_t right_up = down | ~(across | up);
    std::uint64_t right_down = up & across;
    if ((right_up & last) != 0) ++errors;
    if ((right_down & last) != 0) --errors;
    right_up <<= 1;  // the top row stays 0: the pattern may begin anywhere
    right_down <<= 1;
    up = right_down | ~(vertical | right_up);
    down = right_up & vertical;
    least = std::min(least, errors);
  }
  return 1.0 - static_cast<double>(least) / static_cast<double>(pattern.size());
}

}  // namespace postkamer::taught
