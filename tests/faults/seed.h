// SPDX-License-Identifier: EUPL-1.2
//
// The seed of a test with chance in it.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <iostream>

namespace postkamer::faults {

// POSTKAMER_SEED, or one of this test's own; printed, so that a failure can be run again.
inline std::uint64_t printed_seed(std::uint64_t usual) {
  const char* given = std::getenv("POSTKAMER_SEED");
  const std::uint64_t seed = given != nullptr ? std::strtoull(given, nullptr, 10) : usual;
  std::cout << "seed " << seed << " (POSTKAMER_SEED=" << seed << " runs it again)" << std::endl;
  return seed;
}

}  // namespace postkamer::faults
