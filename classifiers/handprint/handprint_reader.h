// SPDX-License-Identifier: EUPL-1.2
//
// Which character is this: digits and capitals, hand-printed or typed. A small convolutional
// network (train.py) with one score a character and one for "no character".
#pragma once

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/base/bytes.h"
#include "pipeline/base/error.h"
#include "pipeline/extract/zones.h"

namespace postkamer::handprint {

class HandprintReader : public extract::CharacterReader {
 public:
  // `onnx` is model.onnx, `settings` the text of model.json beside it (classes and temperatures).
  // Fails with: invalid_config, reason handprint_model_invalid.
  static Result<std::unique_ptr<HandprintReader>> create(ByteView onnx, std::string_view settings);
  ~HandprintReader() override;
  HandprintReader(const HandprintReader&) = delete;
  HandprintReader& operator=(const HandprintReader&) = delete;

  // Deterministic. One reader serves one thread at a time.
  [[nodiscard]] CharacterCell read(const GrayImage& glyph, Set set) const override;
  [[nodiscard]] CharacterCell glance(const GrayImage& glyph, Set set) const override;
  [[nodiscard]] std::vector<float> form(const GrayImage& glyph) const override;
  [[nodiscard]] std::string model() const override { return sha256_; }

 private:
  struct Network;
  HandprintReader(std::unique_ptr<Network> network, std::array<double, 3> temperatures,
                  std::string sha256);
  // `looks_again`: where it is less sure than kSure.
  CharacterCell read(const GrayImage& glyph, Set set, bool looks_again) const;

  std::unique_ptr<Network> network_;
  std::array<double, 3> temperatures_;  // digits, capitals, alphanumeric
  std::string sha256_;
};

}  // namespace postkamer::handprint
