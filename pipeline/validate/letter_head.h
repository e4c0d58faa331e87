// SPDX-License-Identifier: EUPL-1.2
//
// What a letter says about itself above its text: its own date, the references of both sides, the
// subject. How sure a place on the page makes a value is judged by layout; bench_letters measures
// it.
#pragma once

#include <vector>

#include "pipeline/model/reading.h"
#include "pipeline/validate/letter_lines.h"

namespace postkamer::validate {

// letter_date (ISO), sender_reference ("ons kenmerk"), addressee_reference ("uw kenmerk"), subject;
// each at most once. `pieces` are those of one page. Pure.
std::vector<FieldResult> find_head(const std::vector<Piece>& pieces, int page);

}  // namespace postkamer::validate
