// SPDX-License-Identifier: EUPL-1.2
//
// "Did you mean": the known word nearest to one that is not known. Internal to pipeline/forms.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace postkamer::forms {

// Smallest number of inserted, left out, changed or swapped neighbouring bytes (optimal string
// alignment distance, Damerau 1964).
int edit_distance(std::string_view a, std::string_view b);

// The nearest of `known` within a third of the word's length (at least one edit); empty when none.
// Words that other form systems use for our field types are known too ("radio" -> "choice").
std::string nearest(std::string_view word, const std::vector<std::string>& known);

// `; did you mean "label"?`, or a list of what is known when nothing is near.
std::string suggestion(std::string_view word, const std::vector<std::string>& known);

}  // namespace postkamer::forms
