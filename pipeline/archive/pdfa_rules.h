// SPDX-License-Identifier: EUPL-1.2
//
// Whether a PDF keeps the rules of the PDF/A that it claims to be. Every copy is held against them
// before it is kept: a file that only says it is PDF/A is worse than one that does not.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "pipeline/archive/pdfa.h"
#include "pipeline/base/bytes.h"

namespace postkamer::archive {

struct Breach {
  std::string rule;   // stable word: "trailer_id", "font_embedded"
  std::string where;  // "object 12", "byte 0", "page 3"
};

// How closely to look.
enum class Look {
  structure,  // milliseconds: streams are not decoded
  everything  // every stream is decoded too
};

// The rules of ISO 19005 parts 1 to 3, level B, that a PDF of pictures, text and an embedded record
// can break: the file's head and end, identifier, encryption, streams (length, line ends, filters,
// decodable), object streams, XMP and its agreement with /Info, output intent and colour, fonts,
// pictures, graphics states and transparency, content operators, annotations, actions, embedded
// files, limits. Not a general validator: of a file that is not ours, no breach proves nothing.
// Empty = none found. A file that does not open at all breaks "opens".
std::vector<Breach> pdfa_breaches(ByteView pdf, Look look = Look::everything);

// What the file says of itself in its XMP; nothing when it claims no PDF/A of ours.
std::optional<Pdfa> claimed_pdfa(ByteView pdf);

}  // namespace postkamer::archive
