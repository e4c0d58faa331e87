// SPDX-License-Identifier: EUPL-1.2
#include "workers/classify/classify_handler.h"

#include <memory>

#include "classifiers/form/form_index.h"
#include "pipeline/classify/classify.h"
#include "workers/host/form_catalogue.h"
#include "workers/host/task_io.h"
#include "workers/wire/model_json.h"

namespace postkamer::workers {
namespace {

// The index points into the catalogue, so the two live together.
struct Classifier {
  host::FormCatalogue catalogue;
  std::unique_ptr<classify::FormClassifier> index;
};

Result<host::Outcome> classify_page(const host::Task& task, const Limits& limits,
                                    const classify::FormClassifier& index) {
  PK_TRY(upright, host::upright_page(task, 0, limits));
  PK_TRY(page_json, host::member(task.body, "page"));
  PK_TRY(page, wire::from_json<DecodedPage>(page_json));
  const classify::PageEvidence evidence{&upright, &page.codes, nullptr};
  const Classification decided = classify::decide(index.score(evidence), {});
  return host::Outcome{{{"classification", wire::to_json(decided)}}, {}};
}

}  // namespace

Result<host::Handler> classify_handler(const host::Settings& settings) {
  PK_TRY(catalogue, host::FormCatalogue::load(settings.forms, host::FormCatalogue::Blanks::yes));
  auto classifier = std::make_shared<Classifier>();
  classifier->catalogue = std::move(catalogue);
  std::vector<classifiers::IndexedPage> pages;
  for (const auto& entry : classifier->catalogue.forms())
    for (std::size_t i = 0; i < entry.blanks.size(); ++i)
      pages.push_back({&entry.form, static_cast<int>(i) + 1, &entry.blanks[i]});
  classifier->index = std::make_unique<classifiers::FormIndex>(pages);
  return [limits = settings.limits, classifier](const host::Task& task) {
    return classify_page(task, limits, *classifier->index);
  };
}

}  // namespace postkamer::workers
