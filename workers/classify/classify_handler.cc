// SPDX-License-Identifier: EUPL-1.2
#include "workers/classify/classify_handler.h"

#include <memory>

#include "workers/classify/form_classifier.h"
#include "workers/host/task_io.h"
#include "workers/wire/model_json.h"

namespace postkamer::workers {
namespace {

Result<host::Outcome> classify_page(const host::Task& task, const Limits& limits,
                                    const classify::FormClassifier& classifier) {
  PK_TRY(upright, host::upright_page(task, 0, limits));
  PK_TRY(page_json, host::member(task.body, "page"));
  PK_TRY(page, wire::from_json<DecodedPage>(page_json));
  const classify::PageEvidence evidence{&upright, &page.codes, nullptr};
  const Classification decided = classify::decide(classifier.score(evidence), {});
  return host::Outcome{{{"classification", wire::to_json(decided)}}, {}};
}

}  // namespace

Result<host::Handler> classify_handler(const host::Settings& settings) {
  PK_TRY(catalogue, host::FormCatalogue::load(settings.forms, host::FormCatalogue::Blanks::yes));
  PK_TRY(made, make_form_classifier(catalogue));
  const std::shared_ptr<const classify::FormClassifier> classifier = std::move(made);
  return [limits = settings.limits, classifier](const host::Task& task) {
    return classify_page(task, limits, *classifier);
  };
}

}  // namespace postkamer::workers
