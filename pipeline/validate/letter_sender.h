// SPDX-License-Identifier: EUPL-1.2
//
// Who wrote the letter: an address block that is not the addressee's, or a letter head in one line,
// or at least the name under the closing. How sure that is follows from the layout;
// bench_letters measures it.
#pragma once

#include <vector>

#include "pipeline/model/reading.h"
#include "pipeline/validate/letter_lines.h"

namespace postkamer::validate {

// sender_name, sender_address (street and number, or a post box), sender_postcode, sender_place;
// each at most once. `pieces` are those of the letter's first page. Pure.
std::vector<FieldResult> find_sender(const std::vector<Piece>& pieces, int page);

}  // namespace postkamer::validate
