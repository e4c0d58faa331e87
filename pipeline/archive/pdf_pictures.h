// SPDX-License-Identifier: EUPL-1.2
//
// What an archive copy really holds: for proving that no page of it changed.
#pragma once

#include <string>
#include <vector>

#include "pipeline/base/bytes.h"
#include "pipeline/base/error.h"

namespace postkamer::archive {

// Of each page the SHA-256 of its picture's coded data, as it lies in the file; empty for a page
// that does not show exactly one picture. Fails with: invalid_document (pdf_unreadable).
Result<std::vector<std::string>> picture_hashes(ByteView pdf);

}  // namespace postkamer::archive
