// SPDX-License-Identifier: EUPL-1.2
//
// Which taught form a page is, by its words. Implements the choice between forms that have no
// zones; README.md tells the method and its scores.
#pragma once

#include <vector>

#include "classifiers/taught/taught_form.h"
#include "pipeline/model/page.h"

namespace postkamer::taught {

// What was measured of a page against one form.
struct Likeness {
  double coverage = 0.0;  // 0..1, weighed share of a sample's print that is on the page: the best
                          // sample's
  double weight = 0.0;    // of that sample's print; small where little is known
};

class TaughtForms {
 public:
  TaughtForms() = default;
  explicit TaughtForms(std::vector<TaughtForm> forms);

  [[nodiscard]] bool empty() const { return forms_.empty(); }

  // Candidates with calibrated probabilities, best first, at most one a form, page 1, evidence
  // "words"; for classify::decide. Deterministic.
  [[nodiscard]] std::vector<FormCandidate> score(const PageText& page) const;

  // The measure behind score, one a form, in the order given.
  [[nodiscard]] std::vector<Likeness> likenesses(const PageText& page) const;

 private:
  struct Knowledge {
    std::vector<double> weights;  // of its runs
    bool has_sister = false;      // another taught form has some print of it
  };

  std::vector<TaughtForm> forms_;
  std::vector<Knowledge> known_;  // of each form
};

}  // namespace postkamer::taught
