// SPDX-License-Identifier: EUPL-1.2
//
// What the broker does about the stream: drops what is old enough, tells where subscribers are.
#include <cstdlib>

#include <spdlog/spdlog.h>

#include "workers/broker/shell.h"
#include "workers/broker/shell_sockets.h"
#include "workers/journal/audit.h"

namespace postkamer::broker {
namespace {

constexpr std::int64_t kWallTrustMs = 3'600'000;  // an hour

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
// all of it old, not after a new start either.
bool Shell::is_wall_trusted() {
  const std::int64_t away = std::abs(wall_ms() - monotonic_ms() - wall_ahead_);
  const bool is_trusted = away <= kWallTrustMs;
  if (!is_trusted && !is_wall_told_)
    spdlog::warn(
        "the clock is {} hours from the time that was last believed; nothing is forgotten until it "
        "is back, or a person says that it is right: postkamer clock confirm",
        away / kWallTrustMs);
  is_wall_told_ = !is_trusted;
  return is_trusted;
}

void Shell::confirm_clock(const std::string& asker, const nlohmann::json& body) {
  const std::string person = wire::text_at(body, "person").value_or("");
  if (person.empty())
    return refuse(asker, {ErrorCode::unsupported, "control_malformed",
                          "confirming the clock: it must be told who does it"});
  const std::int64_t before = (monotonic_ms() + wall_ahead_) / 1000;
  const std::int64_t now = wall_ms() / 1000;
  wall_ahead_ = wall_ms() - monotonic_ms();
  operations_.emplace_back(journal::SawClock{now});
  operations_.emplace_back(journal::Audit{"clock_confirmed", "broker",
                                          nlohmann::json{{"moved_s", now - before}}.dump(),
                                          journal::person_actor(person)});
  messages_.emplace_back(Answer{asker, nlohmann::json{{"time", utc_now()}}});
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
