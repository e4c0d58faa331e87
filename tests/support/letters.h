// SPDX-License-Identifier: EUPL-1.2
//
// Post that is on none of our forms: typed letters of invented senders, and another organisation's
// form. Each comes with the facts that a reader should find in it.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "tests/support/sample_values.h"
#include "tests/support/scanner.h"

namespace postkamer::support {

struct ForeignPage {
  Sheet sheet;
  // By kind (bsn, iban, date, postcode, reference, email, phone): canonical values on the page.
  std::map<std::string, std::vector<std::string>> facts;
};

enum class LetterKind {
  objection,
  payment_plan,
  address_question,
  invoice
};

ForeignPage typed_letter(LetterKind kind, Dpi dpi, Random& random);

// A waterboard's form: boxes and combs like ours, but not ours.
ForeignPage foreign_form(Dpi dpi, Random& random);

}  // namespace postkamer::support
