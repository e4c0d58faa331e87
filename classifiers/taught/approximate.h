// SPDX-License-Identifier: EUPL-1.2
//
// How well a short text is found in another that was read with mistakes.
#pragma once

#include <string_view>

namespace postkamer::taught {

// Longer patterns are judged by their first letters: what is more tells nothing new.
inline constexpr std::size_t kPatternLetters = 64;

// The share of the pattern's letters that are found, in order and together, anywhere in `text`: one
// minus the least number of insertions, deletions and changes over the pattern's length; 0..1, and
// 0 for an empty pattern. Myers' bit-parallel search (J. ACM 46, 1999): one step a letter of
// `text`.
double found_share(std::string_view pattern, std::string_view text);

}  // namespace postkamer::taught
