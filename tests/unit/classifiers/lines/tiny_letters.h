// SPDX-License-Identifier: EUPL-1.2
//
// A letter model of a few sequences, as letters.py writes it.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "pipeline/base/bytes.h"

namespace postkamer::lines {

// By length 1 to 5: ascending keys (6 bits a symbol) and costs (-16 ln share).
using Sequences = std::vector<std::vector<std::pair<std::uint32_t, std::uint8_t>>>;

inline Bytes letters_bin(const Sequences& by_length) {
  Bytes out;
  const auto put = [&](std::uint32_t number) {
    for (int i = 0; i < 4; ++i) out.push_back(static_cast<std::uint8_t>(number >> (8 * i)));
  };
  for (const auto& sequences : by_length) {
    put(static_cast<std::uint32_t>(sequences.size()));
    for (const auto& [key, cost] : sequences) put(key);
    for (const auto& [key, cost] : sequences) out.push_back(cost);
  }
  return out;
}

// Letters a, b, c (1, 2, 3) and the end (0) alike, but after "a" comes "b": ln 0.9.
inline Bytes tiny_letters() {
  const std::vector<std::pair<std::uint32_t, std::uint8_t>> single{
      {0, 32}, {1, 32}, {2, 32}, {3, 32}};
  return letters_bin(
      {single, {{1u << 6 | 2u, 2}}, {{0u << 12 | 1u << 6 | 2u, 2}}, {{2, 2}}, {{2, 2}}});
}

}  // namespace postkamer::lines
