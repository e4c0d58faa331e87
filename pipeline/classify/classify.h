// SPDX-License-Identifier: EUPL-1.2
//
// Page -> form, or unknown. What a form classifier must offer, and the rule that decides.
#pragma once

#include <vector>

#include "pipeline/model/page.h"

namespace postkamer::classify {

// All that may be looked at.
struct PageEvidence {
  const UprightPage* page = nullptr;         // required
  const std::vector<Code>* codes = nullptr;  // required; boxes and orientations in original px
  const std::vector<Word>* words = nullptr;  // null before OCR
};

// One way of telling which form a page is. Implementations live in classifiers/form.
class FormClassifier {
 public:
  virtual ~FormClassifier() = default;
  // Candidates with calibrated probabilities, best first; empty when nothing fits. At most one
  // candidate per form, version and page. Deterministic.
  [[nodiscard]] virtual std::vector<FormCandidate> score(const PageEvidence& evidence) const = 0;
};

struct DecisionOptions {
  double min_probability = 0.90;  // below: unknown
  double min_margin = 0.20;       // to the next best *other* form page; below: unknown
};

// Decides among ranked candidates. A code that names one form while the layout shows another gives
// unknown with finding "form_conflict". Pure.
Classification decide(std::vector<FormCandidate> candidates, const DecisionOptions& options);

}  // namespace postkamer::classify
