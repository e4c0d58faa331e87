// SPDX-License-Identifier: EUPL-1.2
//
// The value types of pipeline/model as JSON, for the bodies of messages. Pictures travel as blobs:
// their JSON holds everything but the bytes, an UprightPage's everything but the pixels. A word is
// an array (there are hundreds on a page):
//   [text, x, y, width, height, confidence, block, line]
// A rectangle is [x, y, width, height], a transform its nine numbers, a quarter turn 0..3, a value
// null, a boolean, a text or a list of texts. All members are required; those that may be unknown
// are null. Members that nobody knows are ignored.
//
// Bytes that are no UTF-8 (a barcode may hold any) become U+FFFD on the way out.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <vector>

#include "pipeline/base/error.h"
#include "pipeline/extract/registration.h"
#include "pipeline/model/page.h"
#include "pipeline/model/reading.h"
#include "pipeline/model/separation.h"

namespace postkamer::wire {

nlohmann::json to_json(const Picture& picture);
nlohmann::json to_json(const Code& code);
nlohmann::json to_json(const Separator& separator);
nlohmann::json to_json(const SeparationRules& rules);
nlohmann::json to_json(const DecodedPage& page);
nlohmann::json to_json(const PageQuality& quality);
nlohmann::json to_json(const UprightPage& page);
nlohmann::json to_json(const FormCandidate& candidate);
nlohmann::json to_json(const Classification& classification);
nlohmann::json to_json(const Word& word);
nlohmann::json to_json(const std::vector<Word>& words);
nlohmann::json to_json(const RecognisedPage& page);
nlohmann::json to_json(const CharacterCell& cell);
nlohmann::json to_json(const Reading& reading);
nlohmann::json to_json(const std::vector<Reading>& readings);
nlohmann::json to_json(const Finding& finding);
nlohmann::json to_json(const Findings& findings);
nlohmann::json to_json(const Transform& transform);
nlohmann::json to_json(const Rect& rect);
nlohmann::json to_json(const Value& value);
nlohmann::json to_json(const extract::Registration& registration);

// The way back, for each of the types above. Never throws, whatever the JSON is.
//
// Fails with: internal, reason json_malformed, naming the member (never its content) when a member
// is missing, has another type, is no finite number, an integer out of range or an unknown name.
template <class T>
Result<T> from_json(const nlohmann::json& json);

}  // namespace postkamer::wire
