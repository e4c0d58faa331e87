// SPDX-License-Identifier: EUPL-1.2
//
// A postcode and a place name are two witnesses of one fact. Which pairs belong together on a form,
// and what the one says of the other, by Bayes' rule: a written postcode lies in the written place
// unless the writer erred; a misread one lies there by chance, once in hundreds of times.
#pragma once

#include <cstddef>
#include <vector>

#include "pipeline/forms/form.h"
#include "pipeline/model/finding.h"
#include "pipeline/model/reading.h"
#include "pipeline/validate/judge.h"
#include "pipeline/validate/lexicon.h"

namespace postkamer::validate {

struct PlacePair {
  std::size_t postcode = 0;  // index into form.fields
  std::size_t place = 0;
};

// A place is a text field whose lexicon has postcodes. Its postcode is the field of type postcode
// nearest in front of it on the page, at most two fields away (one field may stand between), or
// else the nearest behind it; no postcode serves two places.
std::vector<PlacePair> place_pairs(const forms::Form& form, const Lexica& lexica);

// Lets both support each other: probabilities, alternatives, and the value where the other witness
// decides (notice "postcode_by_place", "read_by_lexicon"). `reading` is that of the postcode, for
// how sure its letters are, of which a place knows nothing. Returns true when what was written does
// not belong together: finding "postcode_place_differ". Nothing changes when either is empty,
// invalid or not in the list.
bool let_support(const Reading& reading, const Lexicon& places, Judged& postcode, Judged& place);

}  // namespace postkamer::validate
