// SPDX-License-Identifier: EUPL-1.2
//
// The values that flow, held against what they can be. wire::from_json has already seen to types,
// finite numbers and known names; this is about ranges, counts and sizes. For box_check.cc only.
#pragma once

#include <vector>

#include "pipeline/base/bytes.h"
#include "pipeline/base/error.h"
#include "pipeline/base/limits.h"
#include "pipeline/extract/registration.h"
#include "pipeline/model/page.h"
#include "pipeline/model/reading.h"

namespace postkamer::host {

// internal (box_nonsense), naming the member.
tl::unexpected<Error> nonsense_in(const char* member);

Result<void> check(const Findings& findings);
Result<void> check(const DecodedPage& page, const Limits& limits);
Result<void> check(const UprightPage& page);
Result<void> check(const Classification& classification);
Result<void> check(const RecognisedPage& page);
Result<void> check(const std::vector<Reading>& readings);
Result<void> check(const extract::Registration& registration);

// What is said of a picture, and that `bytes` begin as one of its format does.
Result<void> check_picture(const Picture& picture, const Bytes& bytes, const Limits& limits);

}  // namespace postkamer::host
