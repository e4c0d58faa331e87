// SPDX-License-Identifier: EUPL-1.2
//
// Files that no mailroom can read, made from a good page by doing what goes wrong in practice.
#pragma once

#include <string>
#include <vector>

#include "pipeline/base/bytes.h"
#include "tests/support/scanner.h"

namespace postkamer::support {

struct BrokenFile {
  std::string name;
  std::string shows;
  std::string reject;  // reasons that are right, joined by '|'
  Bytes bytes;
};

// `page` is any good bilevel page. Deterministic.
std::vector<BrokenFile> broken_files(const ScannedPage& page);

}  // namespace postkamer::support
