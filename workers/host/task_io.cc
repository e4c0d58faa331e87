// SPDX-License-Identifier: EUPL-1.2
#include "workers/host/task_io.h"

#include "pipeline/intake/decode.h"
#include "workers/wire/model_json.h"

namespace postkamer::host {

Result<nlohmann::json> member(const nlohmann::json& body, std::string_view name) {
  if (body.is_object())
    if (const auto found = body.find(name); found != body.end()) return *found;
  return fail(ErrorCode::internal, "task_malformed",
              "while reading a task: member " + std::string(name) + " is missing");
}

Result<ByteView> blob(const Task& task, std::size_t n) {
  if (n < task.blobs.size()) return ByteView(task.blobs[n]);
  return fail(ErrorCode::internal, "task_malformed",
              "while reading a task: blob " + std::to_string(n) + " is missing");
}

Result<Bytes> take_blob(Task& task, std::size_t n) {
  PK_CHECK(blob(task, n));
  return std::move(task.blobs[n]);
}

Result<Picture> picture(const Task& task, const nlohmann::json& meta, std::size_t n) {
  PK_TRY(picture, wire::from_json<Picture>(meta));
  PK_TRY(bytes, blob(task, n));
  picture.bytes.assign(bytes.begin(), bytes.end());
  return picture;
}

Result<UprightPage> upright_page(const Task& task, std::size_t n, const Limits& limits) {
  PK_TRY(upright_json, member(task.body, "upright"));
  PK_TRY(page, wire::from_json<UprightPage>(upright_json));
  PK_TRY(picture_json, member(task.body, "upright_picture"));
  PK_TRY(upright_picture, picture(task, picture_json, n));
  PK_TRY(pixels, intake::open_picture(upright_picture, limits));
  page.upright = std::move(pixels);
  return page;
}

}  // namespace postkamer::host
