// SPDX-License-Identifier: EUPL-1.2
//
// Stands in for pdftoppm and makes a probe instead, the one that its own name says. What it found
// goes where the picture would.
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

#include "tests/faults/probes.h"

int main(int, char** argv) {
  const char* slash = std::strrchr(argv[0], '/');
  const std::string name = slash == nullptr ? argv[0] : slash + 1;
  if (name == "nothing") return 0;
  if (name == "crash") std::abort();
  if (name == "nonsense") return std::printf("nonsense"), 0;
  if (name == "hang") std::atomic<int>{0}.wait(0);
  if (name == "flood")
    for (static char zeros[1 << 16];;)
      if (::write(STDOUT_FILENO, zeros, sizeof zeros) < 0) return 0;
  if (name == "input") {  // the file's first line and what of our environment is to be seen
    char line[64] = {};
    const bool has_line = std::fgets(line, sizeof line, stdin) != nullptr;
    return std::printf("%s%s", has_line ? line : "", std::getenv("POSTKAMER_SECRET") ? "leak" : ""),
           0;
  }
  std::printf("errno %d", postkamer::faults::attempt(name));
  return 0;
}
