// SPDX-License-Identifier: EUPL-1.2
//
// What our own separator sheet says in its QR code, as text:
//
//   PK-SEP|v1|class=bz|received=2026-05-03|case=Z-2026-000123
//
// Every part after the version may be left out; order is free. A code that starts otherwise with
// PK-SEP| only separates.
#pragma once

#include <string>
#include <string_view>

#include "pipeline/base/error.h"
#include "pipeline/model/finding.h"

namespace postkamer {

struct SeparatorSheet {
  std::string batch_class;  // empty = that of the batch; so with the others
  std::string received;     // ISO date
  std::string case_number;
  bool operator==(const SeparatorSheet&) const = default;
};

// The most characters of a class or case number.
inline constexpr std::size_t kSheetWordLength = 60;

// Fails with: unsupported (separator_class, separator_date, separator_case) for what the sheet
// cannot carry: words are letters, digits, space and . _ / - ; a date must exist.
Result<std::string> separator_text(const SeparatorSheet& sheet);

// What was understood of a payload, and a finding of severity doubt for each part that was not: it
// is left out of `sheet`, so that nothing is guessed.
// Codes: separator_date, separator_class, separator_case, separator_unreadable.
struct ReadSheet {
  bool is_sheet = false;  // a versioned payload; else it only separates
  SeparatorSheet sheet;
  Findings findings;
};
ReadSheet read_separator(std::string_view text);

}  // namespace postkamer
