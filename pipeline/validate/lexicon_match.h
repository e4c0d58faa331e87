// SPDX-License-Identifier: EUPL-1.2
//
// A word field's reading and a lexicon -> which entry was meant, and how sure that is, by Bayes'
// rule over all that can have been written:
//   an entry       coverage x its share x how likely the reading is when that was written
//   another word   (1 - coverage) x how likely such a word is
// How likely a reading is, given what was written, is the best alignment of the two: characters
// right, taken for a look-alike, lost or added, each as often as the reading's own probability says
// that its characters are wrong. In cells the cells' candidates say it.
//
// Nothing is replaced silently: `code` names the finding, and a word that is not listed keeps its
// own reading. A listed word is spelled as it was read, but for the list's capitals: of "Dewit" and
// "de Wit" both are names. Where the list has it with other spaces, signs or accents only, a line
// is no surer than it was read, because the list does not vouch for those.
#pragma once

#include <string>
#include <vector>

#include "pipeline/forms/form.h"
#include "pipeline/model/reading.h"
#include "pipeline/validate/judge.h"
#include "pipeline/validate/lexicon.h"

namespace postkamer::validate {

struct LexiconMatch {
  std::vector<Alternative> entries;  // best first, at most 8, with their probabilities
  double unlisted = 1.0;             // that another word was written; with all entries sums to 1
};

// What was written, given the texts that may stand there (best first, probabilities of being
// right).
LexiconMatch match_texts(const Lexicon& lexicon, const std::vector<Alternative>& texts);

// The same for a row of cells.
LexiconMatch match_cells(const Lexicon& lexicon, const std::vector<CharacterCell>& cells);

// Lets the field's lexicon have its say in what judge() found: value, probability, alternatives and
// the notice "read_by_lexicon" (another word than was read) or "not_in_lexicon". A house number
// behind a street is left as it is and no surer than the line was read; the line's other readings
// of it stay among the alternatives. Does nothing for empty or invalid values, for what a person
// typed, for other types than text, capitals and alphanumeric, and when `lexica` lacks the list.
void apply_lexicon(const forms::Field& field, const Reading& reading, const Lexica& lexica,
                   Judged& judged);

}  // namespace postkamer::validate
