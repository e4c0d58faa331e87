// SPDX-License-Identifier: EUPL-1.2
#include "workers/extract/taught_document.h"

#include "classifiers/taught/page_text.h"
#include "pipeline/classify/classify.h"

namespace postkamer::workers {

std::optional<FormCandidate> taught_form_of(const AssembleInput& input,
                                            const host::FormCatalogue& forms) {
  if (forms.taught().empty() || input.pages.empty()) return std::nullopt;
  const AssemblePage& first = input.pages.front();
  const double px_per_mm = pixels_per_mm(first.page.original.dpi);
  if (first.quarantined || px_per_mm <= 0.0) return std::nullopt;
  const auto text = taught::page_text(
      first.words.words, {first.upright.original_to_upright, first.words.turn, px_per_mm});
  return classify::decide(forms.taught().score(text), {}).form;
}

}  // namespace postkamer::workers
