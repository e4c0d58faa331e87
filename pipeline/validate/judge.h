// SPDX-License-Identifier: EUPL-1.2
//
// One field's reading -> its canonical value and how sure that is, by the rules of its type. The
// step before the form's own demands (required, bound, verification) in validate.h.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/forms/form.h"
#include "pipeline/model/reading.h"
#include "pipeline/validate/written.h"

namespace postkamer::validate {

struct Judged {
  Value value;
  double probability = 0.0;
  std::vector<Alternative> alternatives;  // canonical, best first
  std::string invalid;                    // finding code when the type's rule is broken, or empty
  std::vector<std::string> notices;       // finding codes that need nobody
  std::vector<int> unsure;                // 1-based cells
};

// `text` in the canonical form of the field's type, its pattern included; nothing when it breaks
// the rule. An empty text gives nothing.
std::optional<std::string> canonical(const forms::Field& field, std::string_view text,
                                     const DateContext& context);

// The finding code for a text that `canonical` refuses.
std::string_view invalid_code(forms::FieldType type);

// Where letters and digits share cells, the field's pattern chooses between characters that were as
// likely seen.
Judged judge(const forms::Field& field, const Reading& reading, const DateContext& context);

// True when there is a value: text, a mark, at least one option.
bool is_filled(const Value& value);

}  // namespace postkamer::validate
