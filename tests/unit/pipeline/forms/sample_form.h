// SPDX-License-Identifier: EUPL-1.2
//
// A small sound form as text, for tests that spoil it.
#pragma once

#include <string>
#include <string_view>

namespace postkamer::forms::samples {

inline constexpr std::string_view kSound = R"(id = "proef"
version = "2026-01"
title = { nl = "Proefformulier", en = "Test form" }
organisation = "Gemeente Waterdam"

[[pages]]
title = "Proefformulier"

[[pages.codes]]
symbology = "qr"
text = "PK1|proef|2026-01|1/1"
box = [174, 13, 18, 18]

[[fields]]
name = "geboortedatum"
label = "Geboortedatum"
type = "date"
box = [18, 60, 46.8, 6.5]
cells = 8
groups = [2, 2, 4]

[[fields]]
name = "soort"
label = "Soort"
type = "choice"
box = [18, 80, 60, 5]
options = [
  { value = "ja", label = "ja", box = [18.5, 80.5, 4, 4] },
  { value = "nee", label = "nee", box = [40, 80.5, 4, 4] },
]

[[fields]]
name = "akkoord"
label = "Akkoord"
type = "checkbox"
box = [18, 90, 4, 4]

[[fields]]
name = "toelichting"
label = "Toelichting"
type = "text"
box = [18, 110, 174, 24]
lines = 3

[[fields]]
name = "handtekening"
label = "Handtekening"
type = "signature"
box = [100, 200, 90, 20]
required = true

[[rules]]
code = "applicant_too_young"
kind = "age_at_least"
field = "geboortedatum"
number = 18
message = "De aanvrager is jonger dan 18 jaar."
)";

// The sound form with the one occurrence of `from` replaced.
inline std::string spoiled(std::string_view from, std::string_view to) {
  std::string text(kSound);
  const std::size_t at = text.find(from);
  return at == std::string::npos ? "" : text.replace(at, from.size(), to);
}

}  // namespace postkamer::forms::samples
