// SPDX-License-Identifier: EUPL-1.2
//
// What a box said, held against what it can honestly say, by who stands outside. Opens no picture:
// an encoded picture that leaves one box is opened in another box only.
#pragma once

#include "pipeline/base/limits.h"
#include "workers/host/worker.h"

namespace postkamer::host {

// Checks every member of the outcome of `task`: types, names, numbers finite and in range, page
// numbers in the order asked for, counts, sizes of pictures against the limits, each blob one of
// the format it is said to have, no blob too many or too few. What passes is written anew from the
// values that were read, so that nothing else travels on.
//
// Fails with: internal (box_nonsense), naming the member, never its content.
Result<void> check_outcome(const Task& task, Outcome& outcome, const Limits& limits);

}  // namespace postkamer::host
