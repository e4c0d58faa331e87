// SPDX-License-Identifier: EUPL-1.2
//
// Constrained decoding: a row of character cells, each with its candidates and their probabilities,
// and a rule that says which strings are allowed -> the most probable allowed string, and how sure
// that is.
//
// The probability is that of Bayes' rule over everything that can stand on the paper: an allowed
// string (summed exactly over all of them by dynamic programming on the rule's automaton, not only
// over the candidates seen), an empty field, or something that the rule forbids because the writer
// made a mistake. What no candidate claims is spread over the rule's alphabet, so a check digit
// that passes by chance costs probability instead of giving certainty.
//
// Empty cells in a row count as one observation, as sure as the least sure of them.
//
// Pure and deterministic; time is bounded by kMaxStates states a cell.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/model/reading.h"

namespace postkamer::validate {

// Which strings are allowed, as an automaton over the characters of `alphabet()`. States are opaque
// 64-bit numbers below 2^60; equal numbers mean equal futures.
class StringRule {
 public:
  using State = std::uint64_t;
  virtual ~StringRule() = default;

  [[nodiscard]] virtual State start() const = 0;
  // Nothing when no allowed string goes on like this.
  [[nodiscard]] virtual std::optional<State> next(State state, char c) const = 0;
  // Relative prior of strings that end here; 0 = not allowed.
  [[nodiscard]] virtual double weight(State state) const = 0;
  // Digits and capitals that may occur at all.
  [[nodiscard]] virtual std::string_view alphabet() const = 0;
  // Share of all strings over the alphabet (of the usual length) that is allowed: the smaller, the
  // more it tells when a likely string is allowed.
  [[nodiscard]] virtual double density() const = 0;
  // The string is fed from its last character to its first.
  [[nodiscard]] virtual bool from_right() const { return false; }
  // More unsure cells than this and the rule alone does not decide (see kUnresolved).
  [[nodiscard]] virtual int max_unsure_cells() const { return 1000; }
};

struct Decoded {
  std::string text;          // most probable string; empty = nothing written
  bool is_allowed = false;   // the rule allows `text`, or it is empty
  bool has_gap = false;      // `text` is what was seen around an empty cell; is_allowed is false
  double probability = 0.0;  // that `text` is what was meant
  double margin = 0.0;       // probability minus that of the runner-up
  std::vector<Alternative>
      alternatives;         // allowed strings and what was seen; best first, at most 5
  std::vector<int> unsure;  // 1-based cells whose best candidate is below kUnsure
};

inline constexpr double kUnsure = 0.80;
// Ceiling of the probability when too many cells are unsure for the rule to decide alone: 1 in 11
// random numbers passes the eleven-test, so a second witness is needed.
inline constexpr double kUnresolved = 0.90;
// How often people write what the rule forbids (a slip of the pen, a number that is not theirs). No
// measurement on real post exists; a larger value makes the decoder bolder nowhere, more careful
// everywhere.
inline constexpr double kWritersMistake = 0.02;
inline constexpr std::size_t kMaxStates = 6000;

Decoded decode(const std::vector<CharacterCell>& cells, const StringRule& rule);

// The same without a rule: cell by cell, gaps inside become one space, outer gaps are dropped.
// The probability is the product over the cells.
Decoded most_probable(const std::vector<CharacterCell>& cells);

}  // namespace postkamer::validate
