// SPDX-License-Identifier: EUPL-1.2
#include "workers/broker/retention.h"

#include <algorithm>
#include <array>
#include <ctime>

#include <nlohmann/json.hpp>

namespace postkamer::broker {
namespace {

constexpr std::int64_t kBehind = 3'600;  // seconds: a clock that is set right may go back a little
constexpr std::int64_t kDay = 86'400;

}  // namespace

journal::Operations retention_of(const StreamState& state) {
  std::uint64_t slowest = state.head;
  for (const auto& cursor : state.cursors) slowest = std::min(slowest, cursor.sequence);
  const std::uint64_t up_to = std::max(std::min(state.past_keep, slowest), state.past_wait);
  if (up_to < state.oldest || up_to > state.head) return {};
  journal::Operations operations{journal::DropEvents{up_to}};
  for (const auto& cursor : state.cursors) {
    const std::uint64_t has = std::max(cursor.sequence, state.oldest - 1);  // or lost before
    if (has >= up_to) continue;
    operations.emplace_back(journal::LoseEvents{cursor.name, up_to - has});
    operations.emplace_back(
        journal::Audit{"subscriber_lost_events", cursor.name,
                       nlohmann::json{{"from", has + 1}, {"to", up_to}}.dump()});
  }
  operations.emplace_back(
      journal::Audit{"events_dropped", "stream", nlohmann::json{{"to", up_to}}.dump()});
  return operations;
}

bool is_doubtful_clock(std::int64_t last, std::int64_t now, int most_days) {
  return last != 0 && (last > now + kBehind || last < now - most_days * kDay);
}

std::string days_before(std::int64_t now, int days) {
  const std::time_t then = now - std::int64_t{days} * kDay;
  std::tm utc{};
  gmtime_r(&then, &utc);
  std::array<char, 32> text{};
  const std::size_t size = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S.000Z", &utc);
  return {text.data(), size};
}

}  // namespace postkamer::broker
