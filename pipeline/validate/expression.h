// SPDX-License-Identifier: EUPL-1.2
//
// Expressions that are compiled once: compiling one costs more than matching it against a line.
#pragma once

#include <string_view>

#include <re2/re2.h>

namespace postkamer::validate {

// The expression that a constant holds: compiled<&kDate>().
template <const char* const* Text>
const re2::RE2& compiled() {
  static const re2::RE2 expression(*Text);
  return expression;
}

// Whether the expression is found anywhere in the text.
inline bool matches(std::string_view text, const re2::RE2& expression) {
  return re2::RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), expression);
}

}  // namespace postkamer::validate
