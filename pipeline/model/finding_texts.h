// SPDX-License-Identifier: EUPL-1.2
//
// The one table of Dutch sentences, keyed by finding code or error reason.
#pragma once

#include <span>
#include <string_view>

namespace postkamer {

struct FindingText {
  std::string_view code;
  std::string_view dutch;    // one sentence: what is the matter
  std::string_view way_out;  // one sentence: what the operator can do; may be empty
};

// The text of a code; for an unknown code a general sentence with the asked-for code.
FindingText finding_text(std::string_view code);

// All rows, sorted by code.
std::span<const FindingText> finding_texts();
// Those that only the statement of substitution gives, sorted by code.
std::span<const FindingText> paper_texts();

}  // namespace postkamer
