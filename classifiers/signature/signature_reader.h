// SPDX-License-Identifier: EUPL-1.2
//
// Is the field signed: how much ink was added and how far it reaches. It tells that something was
// written there, never whose hand it is.
#pragma once

#include "pipeline/extract/zones.h"

namespace postkamer::signature {

struct SignatureFeatures {
  double ink_mm2 = 0.0;     // of strokes longer than dust
  double extent_mm = 0.0;   // diagonal of the box around them
  double longest_mm = 0.0;  // diagonal of the largest single stroke
};

SignatureFeatures features_of(const GrayImage& added);

class LogisticSignatureReader : public extract::SignatureReader {
 public:
  [[nodiscard]] double present(const GrayImage& added) const override;
};

}  // namespace postkamer::signature
