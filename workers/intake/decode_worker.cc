// SPDX-License-Identifier: EUPL-1.2
#include "workers/intake/decode_worker.h"

#include <algorithm>

#include "workers/intake/render_service.h"

namespace postkamer::workers {
namespace {

void adjust(const host::Settings& settings, host::BoxTerms& terms) {
  terms.jobs = 1;
  terms.copies = static_cast<int>(settings.box.renew_after);
  terms.job = std::chrono::milliseconds(settings.limits.decode_ms);
  terms.cpu = std::min(terms.cpu, terms.job);
  terms.questions = static_cast<int>(settings.limits.pages_per_decode);
  // What is drawn beyond this is drawn in the next task; one page may take its own limit.
  terms.service = terms.job;
  terms.question = std::chrono::milliseconds(settings.limits.render_ms);
}

host::BoxService make_service(const host::Settings& settings) {
  return render_service(settings.limits);
}

}  // namespace

host::WorkerKind decode_worker() {
  return {{"decode"}, "postkamer-box-decode", adjust, make_service};
}

}  // namespace postkamer::workers
