// SPDX-License-Identifier: EUPL-1.2
//
// Which sample scans there are: a table of single documents, four batches, and the broken files.
#pragma once

#include "tests/support/sample_maker.h"

namespace postkamer::support {

void make_singles(SampleMaker& maker);
void make_batches(SampleMaker& maker);
void make_broken(SampleMaker& maker);

}  // namespace postkamer::support
