// SPDX-License-Identifier: EUPL-1.2
//
// What every fuzz target is: a function of any bytes that ends. It may refuse them; it may not
// crash, hang, or break a promise of the code it calls.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <string_view>

#include "pipeline/base/bytes.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace postkamer::fuzz {

// A broken promise ends the process, so that the fuzzer keeps the bytes that showed it.
inline void expect(bool kept, std::string_view promise) {
  if (kept) return;
  std::cerr << "broken: " << promise << '\n';
  std::abort();
}

inline std::string_view text(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

}  // namespace postkamer::fuzz
