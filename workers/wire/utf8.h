// SPDX-License-Identifier: EUPL-1.2
//
// Text that is safe to put into JSON.
#pragma once

#include <string>
#include <string_view>

namespace postkamer::wire {

// `text` with every byte that is no part of well-formed UTF-8 replaced by U+FFFD. Overlong forms,
// surrogates and code points above U+10FFFF are not well-formed.
std::string utf8(std::string_view text);

}  // namespace postkamer::wire
