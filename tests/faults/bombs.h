// SPDX-License-Identifier: EUPL-1.2
//
// Files that are small and ask for very much: pixels, directories, depth, or what a stream unfolds
// to.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "pipeline/base/bytes.h"

namespace postkamer::faults {

struct Bomb {
  std::string name;
  std::string file;  // as it would lie in an inbox
  Bytes bytes;
  std::string reasons;     // that are right, joined by '|'
  bool by_header = false;  // its header alone tells: it is refused before anything is unfolded
};

// All of them; some 25 MB. Deterministic.
std::vector<Bomb> bombs();

}  // namespace postkamer::faults
