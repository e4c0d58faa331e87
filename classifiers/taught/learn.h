// SPDX-License-Identifier: EUPL-1.2
//
// First pages of filled forms of one type -> what they have in common.
#pragma once

#include <string>
#include <vector>

#include "classifiers/taught/taught_form.h"

namespace postkamer::taught {

inline constexpr std::size_t kFewestSamples = 3;

// Finds the runs that two or more samples share. What only one sample shows, such as a name that
// was filled in, is forgotten; what was filled in alike on two samples stays. Deterministic; the
// order of samples matters little. Gives runs and samples; id, version and title stay empty. Fails
// with: invalid_document (taught_too_few) on fewer than kFewestSamples samples,
//             (taught_nothing_common) when the samples share fewer than 4 runs.
Result<TaughtForm> learn(const std::vector<PageText>& samples);

// Whether a run of a page is that printed run: the letters are found, about as many, at about the
// same place on the page. Shared by learning and recognising.
bool is_same_run(const Run& printed, const Run& seen);

}  // namespace postkamer::taught
