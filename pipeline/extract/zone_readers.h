// SPDX-License-Identifier: EUPL-1.2
//
// Reading of one field, by the way it is filled in. Each gives a whole Reading: value, raw text,
// alternatives, lattice, probability and method; name, page and box are the caller's.
#pragma once

#include <vector>

#include "pipeline/extract/cell_split.h"
#include "pipeline/extract/patch.h"
#include "pipeline/extract/zones.h"

namespace postkamer::extract {

// The page that is being read.
struct ZonePage {
  const GrayImage& original;
  const Registration& registration;
  const BlankPage& blank;
  const Surroundings& surroundings;
  // What its combs tell: filled in by a machine.
  bool is_typed = false;
};

// Below this share of its own print on the page a zone is not where it should be, or the page is
// another version of the form. On twin-dev's pages every zone has 0.94 and more of its print.
inline constexpr double kLeastPrintFound = 0.75;

// Tells by a finding (field_print_missing, doubt) when too little of the zone's print was found.
void check_print(double print_found, const forms::Field& field, Reading& reading);

// Whether a wrong character shows: what lies over such a field cannot change it unseen.
bool has_check_digit(forms::FieldType type);

// Whether a comb of that type holds words: capitals, no digits.
bool holds_words(forms::FieldType type);

// A comb while it is read: one character a cell.
struct CombReading {
  Reading reading;             // its cells and findings; its value once concluded
  std::vector<CellInk> inks;   // by cell
  bool is_typed = false;       // as a machine puts them
  std::string from_elsewhere;  // evidence of ink that may be no writing; empty: of none
};

// The characters of a comb, each by the character reader; what it is not sure of, by the line
// reader too.
CombReading read_cells(const ZonePage& page, const forms::Field& field, const ZoneReaders& readers);

// What a comb says, of what its cells claim: its value, raw text, alternatives and probability.
Reading concluded(CombReading comb, const forms::Field& field);

// A free box or ruled lines: print by the text reader, block capitals by the character reader.
// Fails when the text reader fails.
Result<Reading> read_text(const ZonePage& page, const forms::Field& field,
                          const ZoneReaders& readers);

// A tick box, or a group of them. A blotted box counts as not ticked, at 0.9 at most, and is a
// doubt (mark_crossed_out) but beside the tick of a choice.
Reading read_marks(const ZonePage& page, const forms::Field& field, const MarkReader& reader);

Reading read_signature(const ZonePage& page, const forms::Field& field,
                       const SignatureReader& reader);

}  // namespace postkamer::extract
