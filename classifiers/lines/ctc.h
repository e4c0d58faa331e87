// SPDX-License-Identifier: EUPL-1.2
//
// Column scores of a line -> texts with their probabilities (connectionist temporal classification,
// Graves 2006): a text's probability is the sum over all ways to spread it over the columns,
// weighed by how likely its letters follow each other (Bayes' rule with a tempered prior).
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <opencv2/core/mat.hpp>

#include "classifiers/lines/letter_model.h"

namespace postkamer::lines {

// The characters that a network tells apart: a row of its scores each, row 0 is "no new character".
// Small and capital letters are one symbol while texts are compared.
class Alphabet {
 public:
  // `characters` in UTF-8, for rows 1, 2, ...
  explicit Alphabet(std::string_view characters);
  [[nodiscard]] int rows() const { return static_cast<int>(characters_.size()); }
  [[nodiscard]] const std::string& character(int row) const { return characters_[at(row)]; }
  // The first row with the same letter, whatever its case.
  [[nodiscard]] int folded(int row) const { return folded_[at(row)]; }
  // Its symbol in the letter model.
  [[nodiscard]] int letter(int row) const { return letters_[at(row)]; }

 private:
  static std::size_t at(int row) { return static_cast<std::size_t>(row); }
  std::vector<std::string> characters_;  // [0] is empty
  std::vector<int> folded_;
  std::vector<int> letters_;
};

struct LineText {
  std::string text;    // UTF-8
  double share = 0.0;  // of all texts that were followed to the end
  double seen = 0.0;   // probability by the scores alone
};

// How much the letters' prior counts against the scores: its exponent, and what a character gains
// so that long texts are not at a disadvantage.
struct PriorWeight {
  double exponent = 0.6;
  double per_character = 1.1;
};

// Steps of the scores, from `from` to before `to`.
struct Steps {
  int from = 0;
  int to = 0;
};

// What one character between these steps is: for each class but the blank the probability that some
// step shows it, and that none shows any. Small and capital letters are one; of the classes only
// digits and the letters A to Z, without marks, are given.
struct Shown {
  static constexpr std::string_view kCharacters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  std::array<double, kCharacters.size()> characters{};  // as in kCharacters
  double none = 1.0;
};
Shown shown_between(const cv::Mat& scores, const Alphabet& alphabet, Steps steps);

// Requires: `scores` CV_32F, a row a class, a column a step.
// Gives: the likeliest texts, best first, at most `most`. Texts that differ in case only count as
// one, spelled as each letter is likeliest. Prefix beam search: deterministic, time linear in the
// columns.
std::vector<LineText> likely_texts(const cv::Mat& scores, const Alphabet& alphabet,
                                   const LetterModel& letters, std::size_t most,
                                   const PriorWeight& weight = {});

}  // namespace postkamer::lines
