// SPDX-License-Identifier: EUPL-1.2
//
// A form filled in by an invented person: what is written on the paper, and what a perfect reader
// would make of it. Works for any form: types decide, field names say whose street is asked for.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "pipeline/forms/form.h"
#include "pipeline/forms/print.h"
#include "pipeline/model/reading.h"
#include "tests/support/sample_values.h"

namespace postkamer::support {

// A mistake made on purpose.
enum class Slip {
  bsn_invalid,
  iban_invalid,
  date_impossible,
  required_missing,
  choice_multiple,
  signature_missing,
};

// The code of the finding that the slip must give.
const char* name_of(Slip slip);

struct Expected {
  std::string code;
  std::string field;
};

struct FilledForm {
  std::map<std::string, Value> written;  // forms::Filling::values
  std::map<std::string, Value> truth;    // canonical; every field that is not the office's
  std::vector<Expected> expected;        // one for each slip that the form has room for
};

struct FillOptions {
  bool by_hand = false;  // in letters and digits that a hand makes; changes room, not values
  double optional_share = 0.75;  // of the optional fields that are filled in
  std::vector<Slip> slips;
};

// Keeps the form's own rules (required_when, sum, date_order, one_of, different), so the expected
// findings are the slips' and no others. Deterministic for a Random's state.
FilledForm fill_form(const forms::Form& form, const FillOptions& options, Random& random);

}  // namespace postkamer::support
