// SPDX-License-Identifier: EUPL-1.2
//
// Chance that a seed repeats.
#pragma once

#include <cstdint>

#include "pipeline/base/bytes.h"

namespace postkamer::faults {

// SplitMix64: small, fast, and the same everywhere. A script, whose bytes live as long as the dice,
// says what they show first: a byte a throw.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : state_(seed * 0x9E3779B97F4A7C15u + 1) {}
  explicit Dice(ByteView script) : Dice(script.size()) { script_ = script; }
  std::uint64_t bits() {
    std::uint64_t z = (state_ += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
  }
  std::uint64_t below(std::uint64_t end) {
    if (script_.empty()) return bits() % end;
    const std::uint64_t shown = script_.front() % end;
    script_ = script_.subspan(1);
    return shown;
  }
  bool percent(std::uint64_t chance) { return below(100) < chance; }

 private:
  std::uint64_t state_;
  ByteView script_;
};

}  // namespace postkamer::faults
