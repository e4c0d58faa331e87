// SPDX-License-Identifier: EUPL-1.2
#include "workers/ocr/ocr_handler.h"

#include <memory>
#include <optional>

#include "pipeline/ocr/recognise.h"
#include "workers/host/task_io.h"
#include "workers/wire/model_json.h"

namespace postkamer::workers {
namespace {

Result<host::Outcome> read_page(const host::Task& task, const Limits& limits, ocr::Engine& engine) {
  PK_TRY(page, host::upright_page(task, 0, limits));
  std::optional<QuarterTurn> turn;
  if (const auto known = task.body.find("turn"); known != task.body.end() && known->is_number())
    turn = static_cast<QuarterTurn>(known->get<int>() & 3);
  PK_TRY(recognised, ocr::recognise(page, turn ? &*turn : nullptr, engine));
  return host::Outcome{{{"recognised", wire::to_json(recognised)}}, {}};
}

}  // namespace

Result<host::Handler> ocr_handler(const host::Settings& settings) {
  PK_TRY(engine, ocr::Engine::create({settings.ocr_languages, ""}));
  return [limits = settings.limits, engine = std::shared_ptr<ocr::Engine>(std::move(engine))](
             const host::Task& task) { return read_page(task, limits, *engine); };
}

}  // namespace postkamer::workers
