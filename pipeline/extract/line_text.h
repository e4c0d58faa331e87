// SPDX-License-Identifier: EUPL-1.2
//
// Mistakes that an OCR engine makes in short lines of Dutch forms and that can be told from the
// text alone: what it wrote there is written by nobody, or hardly anybody (see kGuessedDomain).
#pragma once

#include <string>
#include <string_view>

#include "pipeline/forms/form.h"

namespace postkamer::extract {

// A line's text, and whether something in it was guessed.
struct CorrectedText {
  std::string text;
  std::string_view guess{};  // the code of the finding that says what; empty: nothing
  double left = 1.0;         // of the text's probability, when something was guessed
};

// `text` without them, for a line of a text field or of an e-mail field:
//   "Toyota |"          -> "Toyota"             a mark by itself at an end of the line
//   "Utrecht)"          -> "Utrecht"            a bracket that nothing opens
//   "0.C. Verhagen"     -> "O.C. Verhagen"      an initial that is a digit
//   "P, de Meer"        -> "P. de Meer"         an initial and a comma
//   "le Dwarsstraat"    -> "1e Dwarsstraat"     an ordinal before a street ("le Clercq" is a name)
//   "jan@ziogo.nl"      -> "jan@ziggo.nl"       one letter beside a well-known post box provider, a
//                                               guess (email_domain_guessed); "jan@ziggo.n" too
//   "jan vis@ziggo.nl"  -> "jan_vis@ziggo.nl"   no address holds a space: where one is read between
//                                               letters, a low line went with the form's own line,
//                                               a guess (email_low_line_guessed)
//   "jan. 3 @ziggo.nl"  -> "jan.3@ziggo.nl"     elsewhere it is but a gap
// UTF-8; other types and what fits no rule: unchanged. Pure.
CorrectedText corrected(std::string_view text, forms::FieldType type);

// `text`, a line of prose, with the full stop that another reader saw at its end (`other`): the
// line reader, which knows names and addresses, overlooks most. Unchanged when it ends with no
// letter or digit. Pure.
std::string with_full_stop(std::string text, std::string_view other);

// The domain that was read may exist too (ymail.com), so a guess is never sure enough to go unseen.
// An engine takes one letter for another about as seldom as people have a post box at such a
// neighbour.
inline constexpr double kGuessedDomain = 0.5;
// A gap in a name may be a full stop that was lost, or nothing.
inline constexpr double kGuessedLowLine = 0.75;

}  // namespace postkamer::extract
