// SPDX-License-Identifier: EUPL-1.2
//
// One value as JSON: as the machine holds it, and in the shape of the form's digital twin. Used
// inside this folder only.
#pragma once

#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "pipeline/forms/form.h"
#include "pipeline/model/reading.h"

namespace postkamer::publish {

// What a `signature` field's twin value says when the paper is signed: the twin holds a drawing,
// and an event has no room for one.
inline constexpr std::string_view kSigned = "signed";

// The text with every malformed UTF-8 sequence replaced by U+FFFD.
std::string mended(std::string_view text);

// null, boolean, string or list of strings.
nlohmann::ordered_json plain_json(const Value& value);

// The shape of event.h's table. What does not fit its type's shape counts as empty.
nlohmann::ordered_json twin_json(const Value& value, const forms::Field& field);

// The draft-07 schema that every twin_json of this field fulfils.
nlohmann::ordered_json twin_schema(const forms::Field& field);

}  // namespace postkamer::publish
