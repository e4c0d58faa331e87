// SPDX-License-Identifier: EUPL-1.2
//
// Unknown documents: what patterns find in the words (dates, BSN, IBAN, postcodes, reference
// numbers, e-mail, phone). Every value found carries where it stood; check digits weed out chance
// hits.
#pragma once

#include <vector>

#include "pipeline/model/page.h"
#include "pipeline/model/reading.h"

namespace postkamer::validate {

// One page's words with the page number they came from.
struct PageWords {
  int page = 1;  // 1-based
  std::vector<Word> words;
};

// Fields named bsn, iban, date, postcode, reference, email, phone, numbered when more than one
// ("date", "date_2", ...), in reading order; then what the letter says of itself, at most once:
// sender_name, sender_address, sender_postcode, sender_place, letter_date, sender_reference,
// addressee_reference, subject (letter_sender.h, letter_head.h). Method keyword. Pure.
std::vector<FieldResult> find_in_letter(const std::vector<PageWords>& pages);

// The words as text: lines joined by '\n', pages by "\n\f\n".
std::string full_text(const std::vector<PageWords>& pages);

}  // namespace postkamer::validate
