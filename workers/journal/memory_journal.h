// SPDX-License-Identifier: EUPL-1.2
//
// The journal in memory: for simulation and for tests of what is built on it.
#pragma once

#include <memory>

#include "workers/journal/journal.h"

namespace postkamer::journal {

std::unique_ptr<Journal> memory_journal(StampEvent stamp);

}  // namespace postkamer::journal
