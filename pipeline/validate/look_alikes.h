// SPDX-License-Identifier: EUPL-1.2
//
// What an OCR engine writes for a digit where only a digit can stand, and the other way round.
#pragma once

#include <string>
#include <string_view>

#include "pipeline/forms/form.h"

namespace postkamer::validate {

// How much of a text's probability is left when it had to be repaired: the engine was sure of a
// character that cannot be there, so its confidence is worth less.
inline constexpr double kRepairCertainty = 0.97;

// `text` with look-alikes replaced where the type leaves no choice (digits only; NNNN LL; IBAN
// positions), and spaces taken out of an e-mail address. Other types: unchanged. Pure.
std::string repaired(forms::FieldType type, std::string_view text);

}  // namespace postkamer::validate
