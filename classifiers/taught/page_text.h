// SPDX-License-Identifier: EUPL-1.2
//
// The words of a page as a taught form compares them: runs of words that stand together on a line,
// reduced to their letters and digits, each with its place.
#pragma once

#include <string>
#include <vector>

#include "pipeline/model/page.h"

namespace postkamer::taught {

// Words with no wide gap between them: a heading, a label, one line of a paragraph.
struct Run {
  std::string letters;  // a-z and 0-9 only, no spaces; accents taken off
  int words = 0;
  double x = 0.0;       // mm from the leftmost word of the page
  double y = 0.0;       // mm from the top of the highest word of the page
  double height = 0.0;  // mm, of its tallest word
  bool operator==(const Run&) const = default;
};

struct PageText {
  std::vector<Run> runs;  // in reading order
};

// How the words lie.
struct WordPlacing {
  Transform original_to_upright;
  QuarterTurn turn = QuarterTurn::none;  // that makes the upright page readable
  double px_per_mm = 300.0 / 25.4;       // > 0
};

// `words` with their boxes in original px, in reading order. Runs of fewer than 5 letters are left
// out: they are found on any page.
PageText page_text(const std::vector<Word>& words, const WordPlacing& placing);

}  // namespace postkamer::taught
