// SPDX-License-Identifier: EUPL-1.2
#include "workers/classify/form_classifier.h"

#include "classifiers/form/form_index.h"

namespace postkamer::workers {

std::unique_ptr<classify::FormClassifier> make_form_classifier(
    const host::FormCatalogue& catalogue) {
  std::vector<classifiers::IndexedPage> pages;
  for (const auto& entry : catalogue.forms())
    for (std::size_t i = 0; i < entry.blanks.size(); ++i)
      pages.push_back({&entry.form, static_cast<int>(i) + 1, &entry.blanks[i]});
  return std::make_unique<classifiers::FormIndex>(pages);
}

}  // namespace postkamer::workers
