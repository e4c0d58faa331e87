// SPDX-License-Identifier: EUPL-1.2
//
// What a journal must be like when the faults have stopped, whoever wrote it and whatever went
// wrong before: O1, O3, O6 and O7 of README.md. Each gives what is not as promised; nothing, when
// all is.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "workers/journal/journal.h"

namespace postkamer::faults {

using Violations = std::vector<std::string>;

// O1: the batch has `files` files; each page, document and record has its one place.
Violations ledger_violations(journal::Reader& reader, const std::string& batch, std::size_t files);

// O3: the events are 1, 2, 3, ... to the head, no key twice; and those that a subscriber was told,
// in `told`, are in it as they were told.
Violations stream_violations(journal::Reader& reader, const std::vector<journal::EventRow>& told);

// O6: the audit chain.
Violations audit_violations(journal::Reader& reader);

// O7: no work is left over.
Violations leftover_violations(journal::Reader& reader);

}  // namespace postkamer::faults
