// SPDX-License-Identifier: EUPL-1.2
//
// What handlers do first and last: pictures out of a task, pixels out of pictures. The JSON members
// are those of workers/wire/PROTOCOL.md, "Tasks".
#pragma once

#include <string_view>

#include "pipeline/base/limits.h"
#include "pipeline/model/page.h"
#include "workers/host/worker.h"

namespace postkamer::host {

// A member of a task's body. Fails with: internal (task_malformed) when it is not there.
Result<nlohmann::json> member(const nlohmann::json& body, std::string_view name);

// The n-th blob, which stays with the task. Fails with: internal (task_malformed) when there is
// none.
Result<ByteView> blob(const Task& task, std::size_t n);

// The same, taken out of the task, which has an empty one in its place from then on.
Result<Bytes> take_blob(Task& task, std::size_t n);

// The picture that `meta` describes, with blob `n` as its bytes.
Result<Picture> picture(const Task& task, const nlohmann::json& meta, std::size_t n);

// The upright page of body members "upright" and "upright_picture", its pixels from blob `n`.
Result<UprightPage> upright_page(const Task& task, std::size_t n, const Limits& limits);

}  // namespace postkamer::host
