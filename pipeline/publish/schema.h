// SPDX-License-Identifier: EUPL-1.2
//
// What the events look like, for programs: JSON Schema of a form's records.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "pipeline/forms/form.h"
#include "pipeline/publish/profile.h"

namespace postkamer::publish {

// Draft-07 schema of the data of a form's events, generated from its definition; as a subscriber
// with this profile sees them.
nlohmann::ordered_json data_schema(const forms::Form& form, const Profile& profile = {});

}  // namespace postkamer::publish
