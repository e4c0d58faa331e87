// SPDX-License-Identifier: EUPL-1.2
//
// Reading of one field, by the way it is filled in. Each gives a whole Reading: value, raw text,
// alternatives, lattice, probability and method; name, page and box are the caller's.
#pragma once

#include "pipeline/extract/patch.h"
#include "pipeline/extract/zones.h"

namespace postkamer::extract {

// The page that is being read.
struct ZonePage {
  const GrayImage& original;
  const Registration& registration;
  const BlankPage& blank;
};

// A comb: one character a cell.
Reading read_comb(const ZonePage& page, const forms::Field& field, const CharacterReader& reader);

// A free box or ruled lines: print by the text reader, block capitals by the character reader.
// Fails when the text reader fails.
Result<Reading> read_text(const ZonePage& page, const forms::Field& field, TextReader& reader,
                          const CharacterReader& characters);

// A tick box, or a group of them.
Reading read_marks(const ZonePage& page, const forms::Field& field, const MarkReader& reader);

Reading read_signature(const ZonePage& page, const forms::Field& field,
                       const SignatureReader& reader);

}  // namespace postkamer::extract
