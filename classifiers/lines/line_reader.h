// SPDX-License-Identifier: EUPL-1.2
//
// What a line of handwriting says: block capitals and loose or joined letters on free lines. A
// convolutional network over the whole line (train.py), read out by connectionist temporal
// classification.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "classifiers/lines/ctc.h"
#include "pipeline/base/bytes.h"
#include "pipeline/base/error.h"
#include "pipeline/extract/zones.h"

namespace postkamer::lines {

class NetworkLineReader : public extract::LineReader {
 public:
  // `onnx` is model.onnx, `settings` the text of model.json beside it (the classes), `letters` is
  // letters.bin.
  // Fails with: invalid_config, reason lines_model_invalid or letters_invalid.
  static Result<std::unique_ptr<NetworkLineReader>> create(ByteView onnx, std::string_view settings,
                                                           ByteView letters);
  ~NetworkLineReader() override;
  NetworkLineReader(const NetworkLineReader&) = delete;
  NetworkLineReader& operator=(const NetworkLineReader&) = delete;

  // Deterministic. One reader serves one thread at a time.
  [[nodiscard]] std::vector<Alternative> read(const GrayImage& line) const override;
  [[nodiscard]] std::vector<CharacterCell> read_apart(
      const GrayImage& line, const std::vector<extract::ColumnRange>& columns) const override;
  [[nodiscard]] double log_usual(std::string_view text) const override;
  [[nodiscard]] std::string model() const override { return sha256_; }
  // The same with what stands behind the probabilities; for measuring.
  [[nodiscard]] std::vector<LineText> texts(const GrayImage& line, const PriorWeight& weight) const;

 private:
  struct Network;
  NetworkLineReader(std::unique_ptr<Network> network, Alphabet alphabet, LetterModel letters,
                    std::string sha256);

  std::unique_ptr<Network> network_;
  Alphabet alphabet_;
  LetterModel letters_;
  std::string sha256_;
};

}  // namespace postkamer::lines
