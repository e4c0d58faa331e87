// SPDX-License-Identifier: EUPL-1.2
#include "workers/intake/render_service.h"

#include <utility>

#include "workers/wire/message.h"

namespace postkamer::workers {
namespace {

constexpr double kLeastDpi = 10.0;
constexpr double kMostDpi = 600.0;

tl::unexpected<Error> nonsense() {
  return fail(ErrorCode::internal, "box_nonsense",
              "while listening to a box: it asks for a page that cannot be");
}

}  // namespace

nlohmann::json question_to_render(const RenderQuestion& question) {
  return {{"offset", question.offset},
          {"length", question.length},
          {"page", question.page},
          {"dpi", question.dpi.value}};
}

host::BoxService render_service(const Limits& limits, const intake::RendererOptions& options) {
  return [limits, options](const host::Task& task,
                           const nlohmann::json& question) -> Result<std::vector<Bytes>> {
    const auto offset = wire::number_at(question, "offset");
    const auto length = wire::number_at(question, "length");
    const auto page = wire::number_at(question, "page");
    const auto dpi = question.find("dpi");
    if (task.blobs.empty() || !offset || !length || !page || dpi == question.end() ||
        !dpi->is_number())
      return nonsense();
    const ByteView file(task.blobs.front());
    const auto size = static_cast<std::int64_t>(file.size());
    if (*offset < 0 || *length < 0 || *offset > size || *length > size - *offset) return nonsense();
    if (*page < 0 || *page >= limits.file_pages) return nonsense();
    const double resolution = dpi->get<double>();
    if (!(resolution >= kLeastDpi && resolution <= kMostDpi)) return nonsense();
    const ByteView pdf =
        file.subspan(static_cast<std::size_t>(*offset), static_cast<std::size_t>(*length));
    PK_TRY(drawn,
           intake::render_page(pdf, static_cast<int>(*page), Dpi{resolution}, limits, options));
    std::vector<Bytes> answer;
    answer.push_back(std::move(drawn));
    return answer;
  };
}

}  // namespace postkamer::workers
