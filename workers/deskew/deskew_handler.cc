// SPDX-License-Identifier: EUPL-1.2
#include "workers/deskew/deskew_handler.h"

#include "pipeline/deskew/deskew.h"
#include "pipeline/intake/decode.h"
#include "workers/host/task_io.h"
#include "workers/wire/model_json.h"

namespace postkamer::workers {
namespace {

// A page that decoding could not open comes without bytes and with the reason as its finding.
Result<void> check_has_picture(const DecodedPage& page) {
  if (!page.original.bytes.empty()) return {};
  const std::string reason = page.findings.empty() ? "scan_damaged" : page.findings.front().code;
  return fail(ErrorCode::invalid_document, reason, "while opening the page: decoding gave none");
}

Result<host::Outcome> straighten(host::Task& task, const Limits& limits) {
  PK_TRY(page_json, host::member(task.body, "page"));
  PK_TRY(page, wire::from_json<DecodedPage>(page_json));
  PK_TRY(bytes, host::take_blob(task, 0));
  page.original.bytes = std::move(bytes);
  PK_CHECK(check_has_picture(page));
  PK_TRY(pixels, intake::open_picture(page.original, limits));
  PK_TRY(upright, deskew::deskew(pixels, {}));
  PK_TRY(picture, intake::encode_bilevel(upright.upright));

  host::Outcome outcome;
  outcome.body = {{"upright", wire::to_json(upright)}, {"picture", wire::to_json(picture)}};
  outcome.blobs.push_back(std::move(picture.bytes));
  return outcome;
}

}  // namespace

Result<host::Handler> deskew_handler(const host::Settings& settings) {
  return [limits = settings.limits](host::Task& task) { return straighten(task, limits); };
}

}  // namespace postkamer::workers
