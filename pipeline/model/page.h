// SPDX-License-Identifier: EUPL-1.2
//
// A page on its way: as decoded, as set upright, as recognised.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "pipeline/model/finding.h"
#include "pipeline/model/geometry.h"
#include "pipeline/model/image.h"

namespace postkamer {

// A machine-readable code found on a page.
struct Code {
  std::string symbology;  // "qr", "code128", "code39", "datamatrix", "patch"
  std::string text;       // decoded text; for patch codes "T", "1", "2", "3", "4", "6"
  Rect box;               // original px
  Degrees orientation;    // of the code's reading direction, clockwise from upright
  bool operator==(const Code&) const = default;
};

enum class PageKind {
  content,
  blank,
  separator
};

// What begins a document on this page: a separator sheet, or a sticker.
struct Separator {
  std::string kind;  // names_of_marks() of separation.h
  std::string text;  // the code's payload; empty for bars
};

// One page out of a scan, straight from the decoder.
struct DecodedPage {
  int index = 0;     // 0-based in its scan
  Picture original;  // the scanner's own image, kept for ever
  std::vector<Code> codes;
  PageKind kind = PageKind::content;
  std::optional<Separator> separator;
  double ink_share = 0.0;  // of the page's area, borders left out: the blank test's measure
  Findings findings;
};

// Measures of how good the picture is; each has its finding when out of bounds.
struct PageQuality {
  double effective_dpi = 0.0;
  double focus = 0.0;          // 0..1, edge sharpness
  double contrast = 0.0;       // 0..1, paper minus ink level
  double clipped_share = 0.0;  // 0..1, pixels at the ends of the scale that are not bilevel
  int missing_corners = 0;     // 0..4
};

// A page turned and straightened. `upright` is bilevel, for reading only; the original is what is
// archived. Quarter turns are still unknown here (see Classification): only the skew within +-45
// degrees is taken away, plus a turn that a code on the page proves.
struct UprightPage {
  GrayImage upright;              // bilevel, at the original's resolution
  Transform original_to_upright;  // px to px
  Degrees skew;                   // that was taken away, clockwise positive
  double skew_confidence = 0.0;   // 0..1; 0 = nothing found, page left as it was
  PageQuality quality;
  Findings findings;
};

// Which form, which page of it, and how the upright page must still be turned.
struct FormCandidate {
  std::string form;  // id
  std::string version;
  int page = 0;                          // 1-based
  QuarterTurn turn = QuarterTurn::none;  // to apply to the upright page
  double probability = 0.0;              // calibrated, 0..1
  std::string evidence;                  // "code", "layout", "title", joined with '+'
  // Coarse map from the form's mm to the upright page's px, when layout gave one.
  std::optional<Transform> mm_to_upright;
};

struct Classification {
  std::optional<FormCandidate> form;        // nothing = unknown, an honest answer
  std::vector<FormCandidate> alternatives;  // ranked, best first, the chosen one included
  Findings findings;
};

// A word as read. Boxes are original px, whatever turning was needed to read it.
struct Word {
  std::string text;
  Rect box;
  double confidence = 0.0;  // 0..1, the engine's own
  int block = 0;            // 0-based reading order
  int line = 0;             // 0-based within the page
};

struct RecognisedPage {
  std::vector<Word> words;               // in reading order
  QuarterTurn turn = QuarterTurn::none;  // that made the upright page readable
  std::string engine;                    // "tesseract 5.3.0 nld"
};

}  // namespace postkamer
