// SPDX-License-Identifier: EUPL-1.2
//
// What an archive copy says of itself, as XMP and as a PDF date: the two must agree. Used inside
// this folder only.
#pragma once

#include <string>
#include <string_view>

#include "pipeline/archive/document_pdf.h"

namespace postkamer::archive {

// "2026-03-24T08:15:02Z" as "D:20260324081502Z", an offset "+01:00" as "+01'00'"; empty when the
// text is not a whole RFC 3339 time.
std::string pdf_date(std::string_view rfc3339);

// The XMP packet, UTF-8. `claims_pdfa`: says that it is PDF/A of info's kind.
std::string xmp_packet(const ArchiveInfo& info, bool claims_pdfa);

}  // namespace postkamer::archive
