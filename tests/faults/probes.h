// SPDX-License-Identifier: EUPL-1.2
//
// What somebody who took over a process would try next. Each probe makes one attempt and says how
// it went; run inside a box it must be refused, or end the box.
#pragma once

#include <span>
#include <string_view>

namespace postkamer::faults {

// 0 = it worked. Else an errno: EPERM and EACCES are walls; with any other one the kernel took the
// call and only disliked what was asked. Both of these are holes.
using Attempt = int (*)();

struct Probe {
  std::string_view name;
  Attempt attempt;
  // A program of others loads libraries: it may do this.
  bool foreign_may = false;
  // It also reads fonts: that this is none of them, only Landlock knows.
  bool foreign_needs_landlock = false;
};

std::span<const Probe> probes();

// Makes the attempt of this name; -1 when there is none.
int attempt(std::string_view name);

}  // namespace postkamer::faults
