// SPDX-License-Identifier: EUPL-1.2
#include "workers/classify/form_classifier.h"

#include "classifiers/form/form_index.h"

namespace postkamer::workers {

Result<std::unique_ptr<classify::FormClassifier>> make_form_classifier(
    const host::FormCatalogue& catalogue) {
  auto index = std::make_unique<classifiers::FormIndex>();
  for (const auto& entry : catalogue.forms())
    for (std::size_t i = 0; i < entry.blanks.size(); ++i) {
      PK_TRY(blank, host::unpack(entry.blanks[i]));
      index->add({&entry.form, static_cast<int>(i) + 1, &blank});
    }
  return index;
}

}  // namespace postkamer::workers
