// SPDX-License-Identifier: EUPL-1.2
//
// The order in which a person expects files: page2 before page10.
#pragma once

#include <string_view>

namespace postkamer::host {

// Digits compare as numbers, the rest as bytes. A strict weak order.
bool natural_less(std::string_view a, std::string_view b);

}  // namespace postkamer::host
