// SPDX-License-Identifier: EUPL-1.2
#pragma once

#include <memory>

#include "pipeline/classify/classify.h"
#include "workers/host/form_catalogue.h"

namespace postkamer::workers {

// The form classifier over all forms of a catalogue, which must have its blanks and is only read.
// Fails with: internal, as host::unpack.
Result<std::unique_ptr<classify::FormClassifier>> make_form_classifier(
    const host::FormCatalogue& catalogue);

}  // namespace postkamer::workers
