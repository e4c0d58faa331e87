// SPDX-License-Identifier: EUPL-1.2
//
// Seeded randomness that gives the same numbers with every standard library: only the engine is
// std, whose output the standard fixes; the distributions are ours.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <random>
#include <string_view>
#include <vector>

namespace postkamer::support {

class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}

  std::uint64_t bits() { return engine_(); }

  // In [0, 1), with 53 bits.
  double unit() { return static_cast<double>(engine_() >> 11) * 0x1.0p-53; }

  // In [low, high).
  double between(double low, double high) { return low + (high - low) * unit(); }

  // In [low, high], both included.
  int whole(int low, int high) {
    return low + static_cast<int>(unit() * (static_cast<double>(high) - low + 1));
  }

  bool chance(double probability) { return unit() < probability; }

  // Mean 0, deviation 1: the sum of twelve uniforms, so no mathematical library is involved.
  double normal() {
    double sum = -6.0;
    for (int i = 0; i < 12; ++i) sum += unit();
    return sum;
  }

  template <class Range>
  const auto& one_of(const Range& range) {
    return range[static_cast<std::size_t>(whole(0, static_cast<int>(std::size(range)) - 1))];
  }

  template <class T>
  void shuffle(std::vector<T>& items) {
    for (std::size_t i = items.size(); i > 1; --i) {
      std::swap(items[i - 1], items[static_cast<std::size_t>(whole(0, static_cast<int>(i) - 1))]);
    }
  }

 private:
  std::mt19937_64 engine_;
};

// A seed for the part called `name` of something seeded with `seed`: parts can be added or left out
// without changing the others. FNV-1a, then a finalising mix.
inline std::uint64_t seed_for(std::uint64_t seed, std::string_view name) {
  std::uint64_t hash = 0xcbf29ce484222325ull ^ seed;
  for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ull;
  hash ^= hash >> 32;
  hash *= 0xd6e8feb86659fd93ull;
  return hash ^ (hash >> 32);
}

}  // namespace postkamer::support
