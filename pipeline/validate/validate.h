// SPDX-License-Identifier: EUPL-1.2
//
// Readings -> field results: the rules of Dutch identifiers and of the form. Never rejects, never
// fails: what is wrong becomes a finding.
#pragma once

#include <string>
#include <vector>

#include "pipeline/forms/form.h"
#include "pipeline/model/reading.h"
#include "pipeline/validate/lexicon.h"

namespace postkamer::validate {

struct Validated {
  std::vector<FieldResult> fields;  // form order
  Findings findings;                // cross-field
};

// Applies types, check digits (as decoders: the check digit chooses between readings) and
// cross-field rules. `date_of_receipt` is an ISO date; empty switches the rules that need it off.
// Word fields are read with the lexicon that the form names, where `lexica` has it, and a place and
// its postcode support each other; a total that adds up confirms its parts.
// A value is `accepted` when its probability of being right reaches 1 - field.max_error, no doubt
// finding stands on it, and verify is never or doubt.
// Pure; validating a result's own values again changes nothing, lexica left out: those are a
// witness that counts once.
Validated validate(const forms::Form& form, const std::vector<Reading>& readings,
                   const std::string& date_of_receipt, const Lexica& lexica = {});

// A value a person typed: canonical form, checks applied, probability 1, method person.
FieldResult validate_typed(const forms::Form& form, const forms::Field& field,
                           const std::string& typed, const std::string& verified_by);

// The cross-field rules alone, over results that a person may have changed.
Findings check_rules(const forms::Form& form, const std::vector<FieldResult>& fields,
                     const std::string& date_of_receipt);

// True when a cross-field rule of the form gives findings with this code.
bool is_rule_code(const forms::Form& form, const std::string& code);

}  // namespace postkamer::validate
