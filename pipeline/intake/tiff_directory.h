// SPDX-License-Identifier: EUPL-1.2
//
// The list of pages in a TIFF, read straight from its bytes: following the chain costs a few reads
// a page, so a file of 2,000 pages is counted in microseconds, and loops and endless chains are
// seen.
#pragma once

#include <cstdint>
#include <vector>

#include "pipeline/base/bytes.h"
#include "pipeline/base/error.h"
#include "pipeline/base/limits.h"

namespace postkamer::intake {

struct TiffDirectoryList {
  std::vector<std::uint64_t> pages;  // file offsets; thumbnails and masks are left out
  bool chain_broken = false;         // a directory pointed back to an earlier one
};

// Follows classic and Big TIFF in either byte order.
// Fails with: invalid_document (scan_truncated, scan_damaged), resource_limit (limit_file_pages),
//             unsupported (scan_no_pages).
Result<TiffDirectoryList> list_tiff_pages(ByteView file, const Limits& limits);

}  // namespace postkamer::intake
