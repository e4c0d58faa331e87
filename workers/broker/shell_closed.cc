// SPDX-License-Identifier: EUPL-1.2
//
// What is asked again of a batch that is closed meanwhile: the first answer may have been lost. The
// core has forgotten it; the journal has not.
#include <algorithm>

#include "workers/broker/shell.h"

namespace postkamer::broker {
namespace {

using nlohmann::json;
using wire::number_at;
using wire::text_at;

// The scan with these bytes and this copy number in the batch.
Result<std::optional<journal::ScanRow>> scan_of(journal::Reader& reader, journal::Id batch,
                                                const std::string& sha256, std::int64_t copy) {
  const auto is_it = [&](const journal::ScanRow& scan) {
    return scan.batch == batch && scan.sha256 == sha256 && scan.copy == copy;
  };
  PK_TRY(first, reader.scan_with(sha256));
  if (!first || is_it(*first)) return first;
  PK_TRY(contents, reader.contents(batch));  // the bytes came more than once
  const auto found = std::ranges::find_if(contents.scans, is_it);
  if (found == contents.scans.end()) return std::nullopt;
  return *found;
}

}  // namespace

Result<void> Shell::answer_closed(const std::string& asker, const std::string& verb,
                                  const json& body) {
  PK_CHECK(flush());
  if (is_stalled_) return answer_without_room(asker, verb, body);
  auto& reader = parts_.journal.reader();
  const std::string name = text_at(body, "batch").value_or("");
  PK_TRY(id, reader.batch_named(name));
  if (!id) {
    refuse(asker, {ErrorCode::unsupported, "batch_unknown", "there is no batch " + name});
    return {};
  }
  if (verb == "close_batch") {
    messages_.emplace_back(Answer{asker, json{{"batch", name}}});
    return {};
  }
  const std::string key = verb == "submit" ? text_at(body, "sha256").value_or("")
                                           : "refused:" + text_at(body, "name").value_or("");
  PK_TRY(scan, scan_of(reader, *id, key, number_at(body, "copy").value_or(0)));
  if (scan)
    messages_.emplace_back(Answer{asker, json{{"scan", scan_name(scan->id)}, {"known", true}}});
  else
    refuse(asker, {ErrorCode::unsupported, "batch_closed",
                   "taking in a file: batch " + name + " takes no more files"});
  return {};
}

}  // namespace postkamer::broker
