// SPDX-License-Identifier: EUPL-1.2
//
// What kind of letter is this: bezwaar, klacht, verzoek, factuur or overig. A logistic regression
// over the stems of words and pairs of neighbouring words; the weights stand in a table (train.py)
// that a person can read. README.md says what it was trained on and how far it can be trusted.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "pipeline/base/error.h"
#include "pipeline/model/reading.h"

namespace postkamer::letter {

class KindReader {
 public:
  // `table` is the text of model.tsv. Fails with: invalid_config, reason letter_model_invalid.
  static Result<KindReader> create(std::string_view table);

  // All kinds with their calibrated probabilities, likeliest first; sums to 1. Nothing for a text
  // of fewer than kFewestWords words: there is too little to judge by. Pure.
  [[nodiscard]] std::vector<Alternative> read(std::string_view text) const;

  static constexpr int kFewestWords = 8;

 private:
  std::vector<std::string> kinds_;
  std::vector<double> constant_;
  double temperature_ = 1.0;
  double floor_ = 0.0;  // share of letters that are like nothing trained on
  std::unordered_map<std::string, std::vector<double>> weights_;
};

}  // namespace postkamer::letter
