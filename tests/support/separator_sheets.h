// SPDX-License-Identifier: EUPL-1.2
//
// The sheets that an operator lays between documents.
#pragma once

#include <string>

#include "tests/support/scanner.h"

namespace postkamer::support {

// Patch code T on all four sides: bars narrow-wide-narrow-wide, 0.08 and 0.20 inch, narrow spaces,
// read from the edge inwards; 19 mm or longer, at least 0.25 inch from the edge.
Sheet patch_t_sheet(Dpi dpi);

// A QR code with `payload` ("PK-SEP|<batch>|<n>") in the middle, and what it is for in words.
Sheet qr_separator_sheet(const std::string& payload, Dpi dpi);

}  // namespace postkamer::support
