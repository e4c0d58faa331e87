// SPDX-License-Identifier: EUPL-1.2
//
// The rules of the field types whose characters stand in cells, for decode.h. Each accepts the
// canonical characters without separators ("1234AB", "03052026").
#pragma once

#include <memory>

#include "pipeline/forms/form.h"
#include "pipeline/validate/decode.h"
#include "pipeline/validate/written.h"

namespace postkamer::validate {

// Nothing for types without a rule of their own (text, capitals, e-mail, marks): those are read
// cell by cell. `cells` is the length of the comb: a date of six cells has a two-digit year.
// `dates` tells which years are usual. A foreign IBAN is not what the IBAN rule allows; see
// has_foreign_country.
std::unique_ptr<StringRule> rule_for(forms::FieldType type, std::size_t cells,
                                     const DateContext& dates = {});

// True when the first two cells more likely hold another country than NL.
bool has_foreign_country(const std::vector<CharacterCell>& cells);

}  // namespace postkamer::validate
