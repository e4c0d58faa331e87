// SPDX-License-Identifier: EUPL-1.2
//
// The files of a page-per-file scan as one scan: a tar archive (POSIX.1-1988 ustar) of nothing but
// them, so that every page keeps its own bytes and any program can take them out again.
#pragma once

#include <span>
#include <vector>

#include "pipeline/base/bytes.h"
#include "pipeline/base/error.h"

namespace postkamer::intake {

// Names inside are 0001, 0002, ...; no times, no owners: the same pages give the same bytes.
Bytes gather(std::span<const ByteView> files);

bool is_gathered(ByteView file);

// The files in it, as views into `file`. Fails with: invalid_document (scan_truncated,
// scan_damaged) when it is not as gather() writes it.
Result<std::vector<ByteView>> gathered_files(ByteView file);

}  // namespace postkamer::intake
