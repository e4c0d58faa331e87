// SPDX-License-Identifier: EUPL-1.2
//
// Which form is this page, at any quarter turn: codes on the page, the layout of its print, and
// title words where OCR has been. See README.md for the method and its scores.
#pragma once

#include <memory>
#include <vector>

#include "pipeline/classify/classify.h"
#include "pipeline/extract/registration.h"
#include "pipeline/forms/form.h"

namespace postkamer::classifiers {

// A page of a form that the index shall know. Only read while it is added.
struct IndexedPage {
  const forms::Form* form = nullptr;
  int number = 1;                             // 1-based
  const extract::BlankPage* blank = nullptr;  // null or empty: known by code and title only
};

// Built once, page by page (some 40 ms and 3 MB each); then read only, safe from any thread.
class FormIndex final : public classify::FormClassifier {
 public:
  FormIndex();
  ~FormIndex() override;
  FormIndex(FormIndex&&) noexcept;
  FormIndex(const FormIndex&) = delete;
  FormIndex& operator=(const FormIndex&) = delete;

  void add(const IndexedPage& page);

  // Candidates with evidence "layout" carry a map good to about 0.3 mm. Empty when the page has no
  // pixels, or when the image library fails.
  [[nodiscard]] std::vector<FormCandidate> score(
      const classify::PageEvidence& evidence) const override;

 private:
  struct Entry;
  class Scoring;
  std::vector<Entry> entries_;
};

}  // namespace postkamer::classifiers
