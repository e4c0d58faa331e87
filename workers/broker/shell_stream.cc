// SPDX-License-Identifier: EUPL-1.2
//
// What the broker does about the stream: drops what is old enough, tells where subscribers are.
#include <cstdlib>
#include <utility>

#include <spdlog/spdlog.h>

#include "workers/broker/shell.h"
#include "workers/broker/shell_sockets.h"

namespace postkamer::broker {
namespace {

constexpr std::int64_t kWallTrustMs = 3'600'000;

}  // namespace

Result<StreamState> Shell::stream_state() {
  journal::Reader& reader = parts_.journal.reader();
  StreamState state;
  PK_TRY(head, reader.head());
  PK_TRY(oldest, reader.oldest());
  state.head = head;
  state.oldest = oldest;
  for (const std::string& name : options_.retention.subscribers) {
    PK_TRY(cursor, reader.cursor(name));
    state.cursors.push_back(cursor.value_or(journal::CursorRow{name, 0, 0}));
  }
  return state;
}

// The age of what is kept goes by the clock on the wall. One that jumps years ahead must not make
// all of it old.
bool Shell::is_wall_trusted() {
  const bool was_moved = std::abs(wall_ms() - monotonic_ms() - wall_ahead_) > kWallTrustMs;
  if (!was_moved && !is_wall_doubtful_) return true;
  if (!std::exchange(is_wall_told_, true))
    spdlog::warn("{}; nothing is forgotten until the next start",
                 was_moved ? "the clock was moved by more than an hour"
                           : "the clock is far from the last row of the audit");
  return false;
}

Result<void> Shell::drop_old_events() {
  const RetentionPolicy& policy = options_.retention;
  if (policy.keep_days == 0 || !is_wall_trusted()) return {};
  PK_CHECK(flush());
  if (is_stalled_) return {};  // positions that wait to be written would count as lost
  PK_TRY(state, stream_state());
  const std::int64_t now = wall_ms() / 1000;
  PK_TRY(past_keep, parts_.journal.reader().last_before(days_before(now, policy.keep_days)));
  state.past_keep = past_keep;
  if (policy.wait_days > 0) {
    PK_TRY(past_wait, parts_.journal.reader().last_before(days_before(now, policy.wait_days)));
    state.past_wait = past_wait;
  }
  std::ranges::move(retention_of(state), std::back_inserter(operations_));
  return {};
}

Result<nlohmann::json> Shell::subscribers() {
  PK_TRY(state, stream_state());
  auto list = nlohmann::json::array();
  for (const auto& cursor : state.cursors)
    list.push_back({{"name", cursor.name},
                    {"sequence", cursor.sequence},
                    {"behind", state.head - std::min(state.head, cursor.sequence)},
                    {"lost", cursor.lost}});
  return nlohmann::json{
      {"head", state.head}, {"oldest", state.oldest}, {"subscribers", std::move(list)}};
}

}  // namespace postkamer::broker
