// SPDX-License-Identifier: EUPL-1.2
//
// Expressions that are compiled once: compiling one costs more than matching it against a line.
#pragma once

#include <re2/re2.h>

namespace postkamer::validate {

// The expression that a constant holds: compiled<&kDate>().
template <const char* const* Text>
const re2::RE2& compiled() {
  static const re2::RE2 expression(*Text);
  return expression;
}

}  // namespace postkamer::validate
