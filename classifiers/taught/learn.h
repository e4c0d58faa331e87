// SPDX-License-Identifier: EUPL-1.2
//
// First pages of filled forms of one type -> what they have in common.
#pragma once

#include <string>
#include <vector>

#include "classifiers/taught/taught_form.h"

namespace postkamer::taught {

inline constexpr std::size_t kFewestSamples = 3;

struct Lesson {
  TaughtForm form;  // id, version and title stay empty
  // Indices of samples that were set aside: no other sample looks enough like them. Pages of
  // another form that slipped in, spoiled pages, or the only one of a revision.
  std::vector<std::size_t> unlike;
};

// Finds the runs that two or more samples share. What only one sample shows, such as a name that
// was filled in, is forgotten; what was filled in alike on two samples stays. A sample that is
// unlike all others is set aside, because what it shares with them is the print of the house, and
// that would make every form of the house this one; but where that leaves less than half, they
// differ that much and all stay. Deterministic; the order of samples matters little. Fails with:
// invalid_document (taught_too_few) on fewer than kFewestSamples samples,
//             (taught_nothing_common) when the samples share fewer than 4 runs.
Result<Lesson> learn(const std::vector<PageText>& samples);

// Whether a run of a page is that printed run: the letters are found, about as many, at about the
// same place on the page. Shared by learning and recognising.
bool is_same_run(const Run& printed, const Run& seen);

}  // namespace postkamer::taught
