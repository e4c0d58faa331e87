// SPDX-License-Identifier: EUPL-1.2
//
// The form type of a document of which no page is a form with zones: told by the words of its first
// page. It is done here and not by classify, because here the words have been read anyway; reading
// them twice would double the cost of every unknown page.
#pragma once

#include <optional>

#include "workers/extract/assemble.h"

namespace postkamer::workers {

// Nothing when no taught form is probable enough, or two are.
std::optional<FormCandidate> taught_form_of(const AssembleInput& input,
                                            const host::FormCatalogue& forms);

}  // namespace postkamer::workers
