// SPDX-License-Identifier: EUPL-1.2
//
// What the codes on a page say about its form.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/forms/form.h"
#include "pipeline/model/page.h"

namespace postkamer::classifiers {

// The payload that our own forms print: "PK1|<form>|<version>|<page>/<pages>".
struct OwnPayload {
  std::string form;
  std::string version;
  int page = 0;
  int pages = 0;
  bool operator==(const OwnPayload&) const = default;
};

// Nothing when the text is not of that kind, or not sound (page 0, page beyond pages).
std::optional<OwnPayload> parse_own_payload(std::string_view text);

// A code found on the page that names a form page.
struct CodeClaim {
  QuarterTurn turn = QuarterTurn::none;  // to apply to the upright page
  // Coarse map, when the form says where the code is printed.
  std::optional<Transform> mm_to_upright;
};

// The claim of `code` on a form page, if it makes one.
std::optional<CodeClaim> claim_on(const Code& code, std::string_view form, std::string_view version,
                                  const forms::FormPage& page, const UprightPage& upright);

}  // namespace postkamer::classifiers
