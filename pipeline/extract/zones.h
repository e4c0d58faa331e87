// SPDX-License-Identifier: EUPL-1.2
//
// Zones -> readings: cuts every field of a form page out of the original scan and has it read.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "pipeline/base/error.h"
#include "pipeline/extract/registration.h"
#include "pipeline/extract/surroundings.h"
#include "pipeline/forms/form.h"
#include "pipeline/model/calibration.h"
#include "pipeline/model/reading.h"

namespace postkamer::extract {

// Tells which character a glyph is. Implemented in classifiers/handprint.
class CharacterReader {
 public:
  virtual ~CharacterReader() = default;
  enum class Set {
    digits,
    capitals,
    alphanumeric
  };
  // Requires: `glyph` one character's ink, 0 = ink, form lines removed, any size.
  // Gives: candidates best first, calibrated; empty_probability when there is no character. Of
  // digits, what is much more like a letter: all of them halved (seems_foreign).
  [[nodiscard]] virtual CharacterCell read(const GrayImage& glyph, Set set) const = 0;
  // The same at a glance: much cheaper where `read` looks again because it is not sure.
  [[nodiscard]] virtual CharacterCell glance(const GrayImage& glyph, Set set) const {
    return read(glyph, set);
  }
  // What the glyph looks like, as the model sees it: a direction, of length 1 and without negative
  // parts; that of a glyph of like shape has nearly the same (their product, 0..1, is near 1).
  // Empty for a glyph without ink, or when the reader knows no such thing.
  [[nodiscard]] virtual std::vector<float> form(const GrayImage& /*glyph*/) const { return {}; }
  // SHA-256 of the model, for the provenance.
  [[nodiscard]] virtual std::string model() const = 0;
};

// Whether what was read as a digit seems to be none: far less than all is claimed for digits.
inline bool seems_foreign(const CharacterCell& cell) {
  constexpr double kLeastClaimed = 0.75;
  double claimed = cell.empty_probability;
  for (const Alternative& candidate : cell.candidates) claimed += candidate.probability;
  return claimed < kLeastClaimed;
}

enum class MarkState {
  empty,
  marked,
  crossed_out
};
struct MarkReading {
  MarkState state = MarkState::empty;
  double probability = 0.0;  // of `state`, calibrated
  double coverage = 0.0;     // share of the box's inside that is inked, 0..1
  double crossings = 0.0;    // strokes that a line through the box meets, on average
};

// Tells whether a tick box is marked. Implemented in classifiers/mark.
class MarkReader {
 public:
  virtual ~MarkReader() = default;
  // Requires: `added` the ink that the blank does not have, around the box (0 = ink); `box` the
  // tick box's own rectangle inside it, px.
  [[nodiscard]] virtual MarkReading read(const GrayImage& added, const Rect& box) const = 0;
};

// Tells whether a field is signed. Implemented in classifiers/signature.
class SignatureReader {
 public:
  virtual ~SignatureReader() = default;
  // `added` as above; gives the probability that there is a signature.
  [[nodiscard]] virtual double present(const GrayImage& added) const = 0;
};

// Reads a line of printed text in a zone. The extract worker passes the OCR engine.
class TextReader {
 public:
  virtual ~TextReader() = default;
  struct Line {
    std::string text;
    double confidence = 0.0;  // 0..1, the least sure word's
    std::vector<Word> words;  // px of the image given
  };
  virtual Result<Line> read_line(const GrayImage& zone, std::string_view allowed) = 0;
};

// Columns of a picture, px; empty when `to` is not beyond `from`.
struct ColumnRange {
  int from = 0;
  int to = 0;  // one past the last
};

// Tells what a line of handwriting says. Implemented in classifiers/lines.
class LineReader {
 public:
  virtual ~LineReader() = default;
  // Requires: `line` one line's ink, 0 = ink, form lines removed, at 300 dpi.
  // Gives: texts best first, with probabilities as the model states them (they sum to at most 1;
  // calibrated by a curve of line_trust.h); empty when there is no ink.
  [[nodiscard]] virtual std::vector<Alternative> read(const GrayImage& line) const = 0;
  // Requires: `line` as above; `columns` of it, left to right, each holding one character or none.
  // Gives: for each range the digits and capitals (small letters count as theirs) that the model
  //        sees there, best first, and as empty_probability that it sees none; an empty cell for an
  //        empty range. As the model states them, without any knowledge of words. No cells when
  //        there is no ink.
  [[nodiscard]] virtual std::vector<CharacterCell> read_apart(
      const GrayImage& line, const std::vector<ColumnRange>& columns) const = 0;
  // How usual the characters of `text` (UTF-8) are in this order, from its start to its end: the
  // natural logarithm of their share in what people write on forms, whatever their case. At most 0.
  [[nodiscard]] virtual double log_usual(std::string_view /*text*/) const { return 0.0; }
  // SHA-256 of the model, for the provenance.
  [[nodiscard]] virtual std::string model() const = 0;
};

struct ZoneReaders {
  const CharacterReader& characters;
  const LineReader& lines;
  const MarkReader& marks;
  const SignatureReader& signatures;
  TextReader& text;
  const Calibration& calibration;  // curves of line_trust.h; cells state true probabilities
};

// Reads all fields of form page `number`.
//
// Requires: `original` the scan's own pixels (gray where it was gray); `registration` onto it;
// `surroundings` of that page (none known: all ink counts as the fields' own).
// Gives:    one Reading per field of that page, in form order, empty fields included.
// Fails with: internal when a reader fails as a whole; a field that cannot be read is a Reading
// with
//             probability 0 and finding "field_unreadable", never an error.
Result<std::vector<Reading>> read_zones(const GrayImage& original, const Registration& registration,
                                        const BlankPage& blank, const Surroundings& surroundings,
                                        const forms::Form& form, int number,
                                        const ZoneReaders& readers);

// The ink of `page` that the blank does not have, inside `zone` (mm), upright at `dpi`.
GrayImage added_ink(const GrayImage& original, const Registration& registration,
                    const BlankPage& blank, const Rect& zone_mm, Dpi dpi);

}  // namespace postkamer::extract
