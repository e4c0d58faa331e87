// SPDX-License-Identifier: EUPL-1.2
//
// The archive copy: the scanner's own pictures, byte for byte where PDF can hold them, with an
// invisible text layer.
#pragma once

#include <string>
#include <vector>

#include "pipeline/base/bytes.h"
#include "pipeline/base/error.h"
#include "pipeline/model/image.h"
#include "pipeline/model/page.h"

namespace postkamer::archive {

struct ArchivePage {
  Picture original;
  std::vector<Word> words;                   // original px; may be empty
  QuarterTurn turn = QuarterTurn::none;      // shown turned by /Rotate, never re-encoded
};

struct ArchiveInfo {
  std::string title;     // document id and form title; no personal data
  std::string creator;   // "postkamer 0.1.0"
  std::string date;      // RFC 3339; creation date in the metadata
};

struct ArchiveResources {
  Bytes glyphless_font;  // Tesseract's pdf.ttf
  Bytes srgb_profile;    // ICC
};

// A PDF 1.7 built to the rules of PDF/A-2b. JPEG and G4 pictures are embedded unchanged, others
// losslessly (Flate). Deterministic for equal input.
// Fails with: internal when qpdf reports an error; invalid_document when a picture cannot be held.
Result<Bytes> document_pdf(const std::vector<ArchivePage>& pages, const ArchiveInfo& info,
                           const ArchiveResources& resources);

}  // namespace postkamer::archive
