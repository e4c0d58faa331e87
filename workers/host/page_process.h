// SPDX-License-Identifier: EUPL-1.2
//
// How a process that works on pictures of pages is set up.
#pragma once

namespace postkamer::host {

// Sets the libraries of this process for work on one page at a time: one thread, and a picture's
// memory kept for the next one. Called by every box; a benchmark that stands for one calls it.
void prepare_process();

}  // namespace postkamer::host
