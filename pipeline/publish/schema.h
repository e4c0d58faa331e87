// SPDX-License-Identifier: EUPL-1.2
//
// What the events look like, for programs: JSON Schema of a form's records, AsyncAPI of
// the stream.
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "pipeline/forms/form.h"
#include "pipeline/publish/profile.h"

namespace postkamer::publish {

// Draft-07 schema of the data of a form's events, generated from its definition; as a subscriber
// with this profile sees them.
nlohmann::ordered_json data_schema(const forms::Form& form, const Profile& profile = {});

// The stream as an AsyncAPI 3.0.0 document: a message an event type, the data of these forms by
// data_schema. `version` is that of the program.
nlohmann::ordered_json asyncapi(const std::vector<const forms::Form*>& forms,
                                const std::string& version);

}  // namespace postkamer::publish
