// SPDX-License-Identifier: EUPL-1.2
//
// Mistakes that an OCR engine makes in short lines of Dutch forms and that can be told from the
// text alone: what it wrote there is written by nobody.
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
//   "le Dwarsstraat"    -> "1e Dwarsstraat"     an ordinal before a name
//   "jan@ziogo.nl"      -> "jan@ziggo.nl"       one letter beside a well-known post box provider
// UTF-8; other types and what fits no rule: unchanged. Pure.
std::string corrected(std::string_view text, forms::FieldType type);

}  // namespace postkamer::extract
