// SPDX-License-Identifier: EUPL-1.2
//
// What the broker does for the record and about its age: audit rows of acts elsewhere, checkpoints,
// retention.
#include <algorithm>
#include <array>

#include <spdlog/spdlog.h>

#include "workers/broker/shell.h"
#include "workers/broker/shell_sockets.h"
#include "workers/journal/audit.h"

namespace postkamer::broker {
namespace {

using nlohmann::json;

constexpr std::int64_t kRefusedMs = 60'000;
constexpr std::int64_t kClockMs = 600'000;  // the time is written down
constexpr std::int64_t kLeastDueMs = 5'000;
constexpr std::int64_t kMostDueMs = 600'000;
constexpr std::int64_t kDueRest = 200;  // looked for again after this many times its cost

// Acts that other processes may have written down. Nothing else gets into the audit that way.
constexpr std::array<std::string_view, 13> kActs{
    "document_shown",  "value_revealed", "batch_exported",     "statement_made",
    "stream_followed", "sink_replayed",  "sink_event_dropped", "key_made",
    "key_revoked",     "peer_refused",   "journal_backed_up",  "person_data_asked",
    "settings_changed"};
constexpr std::size_t kMaxObject = 64;
constexpr std::size_t kMaxMembers = 8;

bool is_object_name(const std::string& name) {
  return name.size() <= kMaxObject && std::ranges::all_of(name, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '-' || c == '_' || c == '.' || c == ':' || c == '/';
         });
}

// Counts and yes or no: what cannot hold a name.
bool is_detail(const json& detail) {
  return detail.is_object() && detail.size() <= kMaxMembers &&
         std::ranges::all_of(detail, [](const json& value) {
           return value.is_number_integer() || value.is_boolean();
         });
}

}  // namespace

Result<void> Shell::record_act(const std::string& asker, const json& body) {
  const std::string act = wire::text_at(body, "act").value_or("");
  const std::string object = wire::text_at(body, "object").value_or("");
  const std::string person = wire::text_at(body, "person").value_or("");
  const json detail = body.value("detail", json::object());
  if (std::ranges::find(kActs, act) == kActs.end() || !is_object_name(object) ||
      !is_detail(detail)) {
    refuse(asker, {ErrorCode::unsupported, "act_malformed",
                   "recording an act: it must be one that PROTOCOL.md names, about an id, with "
                   "counts only"});
    return {};
  }
  if (act == "statement_made" && detail.value("refused", json()) == 0) {
    PK_CHECK(flush());
    if (is_stalled_) return answer_without_room(asker, "record_act", body);
    PK_TRY(batch, parts_.journal.reader().batch_named(object));
    if (batch) operations_.emplace_back(journal::Proven{*batch});
  }
  operations_.emplace_back(
      journal::Audit{act, object, detail.empty() ? "" : detail.dump(),
                     person.empty() ? std::string("client") : journal::person_actor(person)});
  messages_.emplace_back(Answer{asker, json{{"recorded", true}}});
  return {};
}

// The first rows of a start, and whether the audit is the one that was left.
Result<void> Shell::tell_start() {
  journal::Reader& reader = parts_.journal.reader();
  PK_TRY(believed, reader.clock());
  if (is_doubtful_clock(believed, wall_ms() / 1000, options_.keep.clock_days))
    wall_ahead_ = believed * 1000 - monotonic_ms();
  operations_.emplace_back(journal::Audit{"broker_started", "broker", ""});
  operations_.emplace_back(journal::Audit{"settings_loaded", "settings",
                                          json{{"sha256", options_.settings_sha256}}.dump()});
  const auto differs = checkpointer_.differs();
  if (!differs && differs.error().code == ErrorCode::corrupt_store)
    return tl::unexpected(differs.error());
  if (!differs) spdlog::warn("{}", differs.error().message);
  if (differs && *differs) {
    spdlog::error(
        "the audit is not the one its last checkpoint saw; `postkamer audit verify` tells more");
    operations_.push_back(**differs);
  }
  return {};
}

Result<void> Shell::keep() {
  const std::int64_t start = monotonic_ms();
  const std::int64_t now = wall_ms() / 1000;
  if (refused_ > 0 && start - refused_told_ >= kRefusedMs) {
    const int count = std::exchange(refused_, 0);
    refused_told_ = start;
    spdlog::warn("{} messages could not be read and were refused", count);
    operations_.emplace_back(
        journal::Audit{"messages_refused", "broker", json{{"count", count}}.dump()});
  }
  if (start >= next_clock_) {
    operations_.emplace_back(journal::SawClock{(start + wall_ahead_) / 1000});
    next_clock_ = start + kClockMs;
  }
  PK_CHECK(flush());
  if (is_stalled_) return {};  // nothing is forgotten that cannot be written down
  if (!is_wall_trusted()) return vouch(false);
  if (start >= next_due_) {
    PK_TRY(due, keeper_.due(now, checkpointer_.vouched()));
    const bool has_more = !due.empty();
    std::ranges::move(due, std::back_inserter(operations_));
    PK_CHECK(flush());
    if (is_stalled_) return {};
    const std::int64_t cost = monotonic_ms() - start;
    next_due_ = start + (has_more ? 0 : std::clamp(kDueRest * cost, kLeastDueMs, kMostDueMs));
  }
  PK_TRY(swept, keeper_.sweep(now));
  std::ranges::move(swept, std::back_inserter(operations_));
  return vouch(false);
}

Result<void> Shell::vouch(bool at_once) {
  PK_CHECK(flush());
  const auto made = checkpointer_.make(monotonic_ms(), utc_now(), at_once);
  if (made) return {};
  if (made.error().code == ErrorCode::corrupt_store) return made;
  spdlog::warn("the audit is not vouched for: {}", made.error().message);
  return {};
}

Result<json> Shell::kept() {
  PK_TRY(retention, keeper_.status(wall_ms() / 1000));
  retention["clock_in_doubt"] = !is_wall_trusted();
  PK_TRY(head, parts_.journal.reader().audit_head());
  PK_TRY(anchor, parts_.journal.reader().audit_anchor());
  const bool is_signed = options_.checkpoints.signer.has_value();
  return json{{"retention", std::move(retention)},
              {"audit",
               {{"rows", head.number},
                {"kept_from", anchor.number + 1},
                {"signed", is_signed},
                {"vouched", is_signed ? checkpointer_.vouched() : 0}}}};
}

}  // namespace postkamer::broker
