// SPDX-License-Identifier: EUPL-1.2
//
// Mistakes that an OCR engine makes in short lines of Dutch forms and that can be told from the
// text alone: what it wrote there is written by nobody, or hardly anybody (see kGuessedDomain).
#pragma once

#include <string>
#include <string_view>

#include "pipeline/forms/form.h"

namespace postkamer::extract {

// `text` without them, for a line of a text field or of an e-mail field:
//   "Toyota |"          -> "Toyota"             a mark by itself at an end of the line
//   "Utrecht)"          -> "Utrecht"            a bracket that nothing opens
//   "0.C. Verhagen"     -> "O.C. Verhagen"      an initial that is a digit
//   "P, de Meer"        -> "P. de Meer"         an initial and a comma
//   "le Dwarsstraat"    -> "1e Dwarsstraat"     an ordinal before a street ("le Clercq" is a name)
//   "jan@ziogo.nl"      -> "jan@ziggo.nl"       one letter beside a well-known post box provider
// UTF-8; other types and what fits no rule: unchanged. Pure.
std::string corrected(std::string_view text, forms::FieldType type);

// What is left of a text's probability when its domain was corrected: the domain that was read may
// exist too (ymail.com), so this is never sure enough to go unseen. An engine takes one letter for
// another about as seldom as people have a post box at such a neighbour.
inline constexpr double kGuessedDomain = 0.5;

}  // namespace postkamer::extract
