// SPDX-License-Identifier: EUPL-1.2
#include "workers/host/box_check.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <string_view>
#include <utility>

#include "pipeline/publish/event.h"
#include "workers/host/value_check.h"
#include "workers/wire/message.h"
#include "workers/wire/model_json.h"

namespace postkamer::host {
namespace {

using nlohmann::json;

constexpr std::size_t kMostRecordBytes = 32u << 20;

// A member of the body as a value, and the value back as the member.
template <class T>
Result<T> taken(const json& body, const char* name) {
  const auto found = body.find(name);
  if (found == body.end()) return nonsense_in(name);
  auto value = wire::from_json<T>(*found);
  if (!value) return nonsense_in(name);
  return value;
}

Result<void> check_blob_count(const Outcome& outcome, std::size_t count) {
  if (outcome.blobs.size() == count) return {};
  return nonsense_in("blobs");
}

Result<Findings> findings_of(const json& body) {
  PK_TRY(findings, taken<Findings>(body, "findings"));
  PK_CHECK(check(findings));
  return findings;
}

// The pages that a decode task asked for.
struct Asked {
  std::int64_t first = 0;
  std::int64_t most = 16;
};

Result<json> decoded_page(const json& text, std::int64_t index, const Bytes* picture,
                          const Limits& limits) {
  auto page = wire::from_json<DecodedPage>(text);
  if (!page) return nonsense_in("pages");
  if (page->index != index) return nonsense_in("index");
  PK_CHECK(check(*page, limits));
  const bool is_lost = page->original.width == 0 && page->original.height == 0;
  if (picture != nullptr && !(is_lost && picture->empty()))
    PK_CHECK(check_picture(page->original, *picture, limits));
  return wire::to_json(*page);
}

Result<void> check_decoded(const Task& task, Outcome& outcome, const Limits& limits) {
  const Asked asked{wire::number_at(task.body, "first_page").value_or(0),
                    wire::number_at(task.body, "max_pages").value_or(16)};
  const auto count = wire::number_at(outcome.body, "page_count");
  const auto picture_is_scan = wire::flag_at(outcome.body, "picture_is_scan");
  if (!count || *count < 1 || *count > limits.file_pages) return nonsense_in("page_count");
  if (!picture_is_scan) return nonsense_in("picture_is_scan");
  const auto pages = outcome.body.find("pages");
  if (pages == outcome.body.end() || !pages->is_array()) return nonsense_in("pages");
  const auto found = static_cast<std::int64_t>(pages->size());
  if (found < 1 || found > asked.most || asked.first + found > *count) return nonsense_in("pages");
  if (*picture_is_scan && (found != 1 || *count != 1)) return nonsense_in("picture_is_scan");
  PK_CHECK(check_blob_count(outcome, *picture_is_scan ? 0 : pages->size()));
  auto anew = json::array();
  for (std::int64_t i = 0; i < found; ++i) {
    const auto n = static_cast<std::size_t>(i);
    // A page that is its scan has the task's own bytes.
    const Bytes* picture = !*picture_is_scan        ? &outcome.blobs[n]
                           : task.blobs.size() == 1 ? &task.blobs[0]
                                                    : nullptr;
    PK_TRY(page, decoded_page((*pages)[n], asked.first + i, picture, limits));
    anew.push_back(std::move(page));
  }
  PK_TRY(findings, findings_of(outcome.body));
  outcome.body = {{"page_count", *count},
                  {"pages", std::move(anew)},
                  {"findings", wire::to_json(findings)},
                  {"picture_is_scan", *picture_is_scan}};
  return {};
}

Result<void> check_upright(Outcome& outcome, const Limits& limits) {
  PK_TRY(upright, taken<UprightPage>(outcome.body, "upright"));
  PK_TRY(picture, taken<Picture>(outcome.body, "picture"));
  PK_CHECK(check_blob_count(outcome, 1));
  PK_CHECK(check(upright));
  PK_CHECK(check_picture(picture, outcome.blobs[0], limits));
  outcome.body = {{"upright", wire::to_json(upright)}, {"picture", wire::to_json(picture)}};
  return {};
}

Result<void> check_classified(Outcome& outcome) {
  PK_TRY(classification, taken<Classification>(outcome.body, "classification"));
  PK_CHECK(check_blob_count(outcome, 0));
  PK_CHECK(check(classification));
  outcome.body = {{"classification", wire::to_json(classification)}};
  return {};
}

Result<void> check_recognised(Outcome& outcome) {
  PK_TRY(recognised, taken<RecognisedPage>(outcome.body, "recognised"));
  PK_CHECK(check_blob_count(outcome, 0));
  PK_CHECK(check(recognised));
  outcome.body = {{"recognised", wire::to_json(recognised)}};
  return {};
}

Result<void> check_extracted(Outcome& outcome) {
  const auto registered = wire::flag_at(outcome.body, "registered");
  if (!registered) return nonsense_in("registered");
  PK_CHECK(check_blob_count(outcome, 0));
  PK_TRY(findings, findings_of(outcome.body));
  if (!*registered) {
    outcome.body = {{"registered", false}, {"findings", wire::to_json(findings)}};
    return {};
  }
  PK_TRY(registration, taken<extract::Registration>(outcome.body, "registration"));
  PK_TRY(readings, taken<std::vector<Reading>>(outcome.body, "readings"));
  PK_TRY(recognised, taken<RecognisedPage>(outcome.body, "recognised"));
  PK_CHECK(check(registration));
  PK_CHECK(check(readings));
  PK_CHECK(check(recognised));
  outcome.body = {{"registered", true},
                  {"registration", wire::to_json(registration)},
                  {"readings", wire::to_json(readings)},
                  {"recognised", wire::to_json(recognised)},
                  {"findings", wire::to_json(findings)}};
  return {};
}

// A record is rules over text; it is read here as its reader reads it, and stays as it is: its
// members and their order are the schema's.
Result<void> check_assembled(const Task& task, Outcome& outcome) {
  PK_CHECK(check_blob_count(outcome, 0));
  const auto found = outcome.body.find("record");
  if (found == outcome.body.end() || !found->is_object() || outcome.body.size() != 1)
    return nonsense_in("record");
  const std::string text = found->dump(-1, ' ', false, json::error_handler_t::replace);
  if (text.size() > kMostRecordBytes) return nonsense_in("record");
  const auto record =
      publish::record_from_json(nlohmann::ordered_json::parse(text, nullptr, false));
  if (!record) return nonsense_in("record");
  if (record->document != wire::text_at(task.body, "document").value_or(""))
    return nonsense_in("document");
  for (const auto& field : record->fields)
    if (!(field.probability >= 0.0 && field.probability <= 1.0)) return nonsense_in("probability");
  return {};
}

Result<void> check_archived(Outcome& outcome) {
  PK_CHECK(check_blob_count(outcome, 2));
  if (!text_of(outcome.blobs[0]).starts_with("%PDF-")) return nonsense_in("archive copy");
  const std::string_view provenance = text_of(outcome.blobs[1]);
  if (provenance.size() > kMostRecordBytes || wire::nesting_of(provenance) > 64 ||
      !json::parse(provenance, nullptr, false).is_object())
    return nonsense_in("provenance");
  outcome.body = json::object();
  return {};
}

}  // namespace

Result<void> check_outcome(const Task& task, Outcome& outcome, const Limits& limits) {
  if (!outcome.body.is_object()) return nonsense_in("body");
  if (task.kind == "decode") return check_decoded(task, outcome, limits);
  if (task.kind == "deskew") return check_upright(outcome, limits);
  if (task.kind == "classify") return check_classified(outcome);
  if (task.kind == "extract") return check_extracted(outcome);
  if (task.kind == "ocr") return check_recognised(outcome);
  if (task.kind == "assemble") return check_assembled(task, outcome);
  if (task.kind == "archive") return check_archived(outcome);
  return nonsense_in("kind");
}

}  // namespace postkamer::host
