// SPDX-License-Identifier: EUPL-1.2
//
// Words as exec and posix_spawn want them.
#pragma once

#include <string>
#include <vector>

namespace postkamer::host {

// Pointers into `words`, which must outlive them unchanged, and a null at the end.
inline std::vector<char*> exec_words(std::vector<std::string>& words) {
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  return pointers;
}

}  // namespace postkamer::host
