// SPDX-License-Identifier: EUPL-1.2
//
// The archive copy: the scanner's own pictures, byte for byte where PDF can hold them, with an
// invisible text layer.
#pragma once

#include <string>
#include <vector>

#include "pipeline/archive/pdfa.h"
#include "pipeline/base/bytes.h"
#include "pipeline/base/error.h"
#include "pipeline/model/embedded_image.h"
#include "pipeline/model/page.h"

namespace postkamer::archive {

struct ArchivePage {
  EmbeddedImage image;                   // intake::embeddable makes it from the page's picture
  std::vector<Word> words;               // original px; may be empty
  QuarterTurn turn = QuarterTurn::none;  // shown turned by /Rotate, never re-encoded
};

struct ArchiveInfo {
  std::string title;    // document id and form title; no personal data
  std::string creator;  // "postkamer 0.1.0"
  std::string date;     // RFC 3339; creation date in the metadata; left out when it is not that
  Pdfa kind = Pdfa::a2b;
  std::string record = {};  // a3b: JSON, embedded as record.json; empty = nothing embedded
};

struct ArchiveResources {
  Bytes glyphless_font;  // Tesseract's pdf.ttf
  Bytes srgb_profile;    // ICC
};

// A PDF built to the rules of `info.kind`, one page a picture, as large as width and dpi say.
// Image data go in unchanged. The text is there to be found and copied, not to be seen: every word
// in its box, in the direction in which it reads. Deterministic for equal input. What cannot be
// PDF/A does not claim to be: see claimable. Fails with: invalid_document when a picture's size or
// resolution makes no page (pdf_picture) or there is no page (pdf_no_pages); invalid_config when a
// resource is empty (pdf_resource_missing); internal when qpdf reports an error (pdf_write).
Result<Bytes> document_pdf(const std::vector<ArchivePage>& pages, const ArchiveInfo& info,
                           const ArchiveResources& resources);

// Whether these pages can be PDF/A of this kind: a CMYK picture cannot, because the output intent
// is sRGB; in part 1 neither can one of 16 bits a component.
bool claimable(const std::vector<ArchivePage>& pages, Pdfa kind);

}  // namespace postkamer::archive
