// SPDX-License-Identifier: EUPL-1.2
//
// Which letters follow which on the lines of Dutch forms: counts of up to five letters in a row
// (letters.py). The prior of a line's text; digits are one symbol, so that no number is likelier
// than another.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "pipeline/base/bytes.h"
#include "pipeline/base/error.h"

namespace postkamer::lines {

class LetterModel {
 public:
  // `table` is letters.bin (its form is described in letters.py).
  // Fails with: invalid_config, reason letters_invalid.
  static Result<LetterModel> parse(ByteView table);

  // The symbol of a character (UTF-8): letters without case and marks, digits as one; 0 is the end
  // of a line.
  static int symbol_of(std::string_view character);

  // The symbols before a place, the last one lowest, 6 bits each; 0 at the start of a line.
  using Context = std::uint32_t;
  static Context then(Context context, int symbol);

  // Natural logarithm of the share of `symbol` among what follows `context`. Where the sequence was
  // not seen, a shorter context with a fixed penalty stands in; never lower than -12.
  [[nodiscard]] double log_next(Context context, int symbol) const;
  // The sum of these over a text (UTF-8), its end among them.
  [[nodiscard]] double log_share(std::string_view text) const;

 private:
  static constexpr std::size_t kLongest = 5;
  struct Sequences {
    std::vector<std::uint32_t> keys;  // ascending
    std::vector<std::uint8_t> costs;  // -16 ln(share)
  };
  std::array<Sequences, kLongest> by_length_;
};

}  // namespace postkamer::lines
