// SPDX-License-Identifier: EUPL-1.2
//
// How an archive copy came to be: every operation on a picture, with its parameters and the SHA-256
// of what went in and came out. No personal data: hashes, numbers and ids.
//
//   {"document", "revision", "made_by",
//    "replaces": sha256 of the copy before, where there was another,
//    "copy": {"sha256", "bytes", "format", "pronom"},
//    "pages": [{"page", "scan", "scan_sha256", "scan_page", "text_gone"?: true, "operations": [
//       {"operation": "decode" | "deskew" | "embed", "purpose": "archive" | "reading",
//        "parameters": {…}, "input", "output"}]}]}
//
// decode: the page's picture out of its file. deskew: a straight black-and-white page that is read
// and not kept. embed: the picture's data into the copy. An operation whose purpose is reading
// never feeds one whose purpose is archive. text_gone: the page was read, but what was read was no
// longer kept when this copy was made, so that there is no text on it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "pipeline/archive/pdfa.h"
#include "pipeline/base/bytes.h"
#include "pipeline/model/embedded_image.h"

namespace postkamer::workers {

// A page's part. `task_page` is the page of the archive task (PROTOCOL.md, section 3).
nlohmann::json page_provenance(const nlohmann::json& task_page, int number,
                               const EmbeddedImage& embedded);

// Of what a copy was made.
struct CopySubject {
  std::string document;
  int revision = 1;      // of its record
  std::string replaces;  // SHA-256 of the copy that was kept before; empty = none
};

// The whole; `kind` is empty for a copy that claims no PDF/A.
nlohmann::json provenance_json(const CopySubject& subject, ByteView pdf,
                               std::optional<archive::Pdfa> kind, nlohmann::json pages);

// What a provenance says of one page, read back.
struct PageProof {
  std::string scan_sha256;
  int scan_page = 0;            // 1-based
  std::string picture_sha256;   // as kept in the blob store
  std::string embedded_sha256;  // of the data in the copy
  std::string way;              // name_of(EmbeddedImage::Way)
  std::string origin;           // name_of(PictureOrigin)
  bool is_chain = false;        // decode's output is embed's input
};

struct CopyProof {
  std::string pdf_sha256;
  std::string format;
  std::vector<PageProof> pages;
};

// Nothing when the text is no provenance.
std::optional<CopyProof> proof_from(const std::string& text);

}  // namespace postkamer::workers
