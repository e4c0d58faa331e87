// SPDX-License-Identifier: EUPL-1.2
//
// Text that is safe to put into JSON, and stays so when it is cut.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace postkamer::wire {

// `text` with every byte that is no part of well-formed UTF-8 replaced by U+FFFD. Overlong forms,
// surrogates and code points above U+10FFFF are not well-formed.
std::string utf8(std::string_view text);

// The beginning of a well-formed `text`, at most so many bytes, without half a letter at its end.
inline std::string_view beginning(std::string_view text, std::size_t most) {
  if (text.size() <= most) return text;
  while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xC0) == 0x80) --most;
  return text.substr(0, most);
}

}  // namespace postkamer::wire
