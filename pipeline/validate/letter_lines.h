// SPDX-License-Identifier: EUPL-1.2
//
// The words of a letter as a person sees them: pieces of lines (a wide gap starts a new piece, so
// that columns come apart), upright whichever way the page was fed.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/model/page.h"
#include "pipeline/model/reading.h"

namespace postkamer::validate {

struct Piece {
  std::string text;                // words with single blanks
  std::vector<const Word*> words;  // at least one
  Rect box;                        // turned upright; px, about any origin
};

// Pieces in reading order. The words must outlive them. Which way is up follows from how the words
// of a line follow each other.
std::vector<Piece> pieces_of(const std::vector<Word>& words);

// The piece right of `at` in its line, the nearest one; null when there is none.
const Piece* right_of(const std::vector<Piece>& pieces, const Piece& at);
// The nearest piece below `at` that it overlaps sideways, at most `lines` line heights further.
const Piece* below(const std::vector<Piece>& pieces, const Piece& at, double lines);
// The same above.
const Piece* above(const std::vector<Piece>& pieces, const Piece& at, double lines);

// True when the piece opens a letter ("Geachte ..."), or ends it ("Met vriendelijke groet").
bool is_greeting(const Piece& piece);
bool is_closing(const Piece& piece);

// A result of these characters of the piece: box and the words' least confidence times
// `certainty`. Method keyword.
FieldResult result_from(std::string field, const Piece& piece, std::size_t from, std::size_t to,
                        std::string value, double certainty, int page);

}  // namespace postkamer::validate
